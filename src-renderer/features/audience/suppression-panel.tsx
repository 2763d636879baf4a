import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { SuppressionView } from '../../../src-preload/contract/audience.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { DetailPanel, Facts, Loaded, Section, Tag } from '../../ui/index.js';
import classes from './audience.module.css';
import { channelWords, scopeWords, shortAddress, suppressionWords } from './words.js';

/** One suppressed address: why, and everything that was ever written down about it. */
export function SuppressionPanel({ row, onLift, onClose }: { readonly row: SuppressionView; readonly onLift: () => void; readonly onClose: () => void }) {
  const trpc = useTRPC();
  const f = useFormat();
  const history = useQuery(trpc.suppressions.history.queryOptions({ channel: row.channel, addressKey: row.addressKey }));
  const address = shortAddress(row.channel, row.addressKey);
  return (
    <DetailPanel title={address} label={`Suppression of ${address}`} onClose={onClose}>
      <Facts
        of={[
          ['Channel', channelWords[row.channel]],
          ['Reason', suppressionWords[row.reason]],
          ['What it stops', scopeWords[row.scope]],
          ...(row.alsoMarketing === undefined ? [] : [['Marketing too', suppressionWords[row.alsoMarketing]] as const]),
          ['From', row.source],
          ...(row.campaign === undefined ? [] : [['Campaign', row.campaign] as const]),
          ['Since', f.dateTime(row.since)],
          ...(row.note === undefined ? [] : [['Note', row.note] as const]),
          ['Audience', row.endpoint === undefined ? 'nobody has this address' : <Link to={`/people/${row.endpoint}`}>Show the person</Link>],
        ]}
      />
      <Group my="md">
        <Button variant="default" onClick={onLift}>
          Lift with a reason
        </Button>
      </Group>
      <Section title="History" level={3} note={`Times in ${f.zoneName()}`}>
        <Loaded query={history}>
          {(facts) => (
            <ol className={classes.items}>
              {facts.map((fact) => (
                <li key={fact.id} className={classes.fact}>
                  <Tag tone={fact.act === 'add' ? 'bad' : 'ok'}>{fact.act === 'add' ? 'Suppressed' : 'Lifted'}</Tag>
                  <span className={classes.itemText}>
                    <strong>{suppressionWords[fact.reason]}</strong>, {scopeWords[fact.scope].toLowerCase()}, {fact.source}
                    {fact.note !== null && <div>“{fact.note}”</div>}
                    <div className="h-text-3">{f.dateTime(fact.at)}</div>
                  </span>
                </li>
              ))}
            </ol>
          )}
        </Loaded>
      </Section>
    </DetailPanel>
  );
}
