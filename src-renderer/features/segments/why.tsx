import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCheck, IconX } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AudienceRow } from '../../../src-preload/contract/audience.js';
import type { SegmentNode, SegmentTree } from '../../../src-preload/contract/segment.js';
import type { SegmentExplanation } from '../../../src-preload/contract/segment-views.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { Loaded, Tag } from '../../ui/index.js';
import { decodeIds } from '../audience/index.js';
import classes from './segments.module.css';
import { drawSentence, matchWords, type RuleNames, ruleSentence } from './words.js';

/** Addresses offered while typing. */
const offered = 5;
const quietMs = 150;

/** "Why is this person in it, or not?": find an address, then see each rule hold or fail. */
export function Why({ tree, names }: { readonly tree: SegmentTree; readonly names: RuleNames }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [text, setText] = useState('');
  const [wanted] = useDebouncedValue(text.trim(), quietMs);
  const [chosen, setChosen] = useState<AudienceRow | undefined>(undefined);
  const found = useQuery({
    queryKey: ['segment-why', wanted],
    enabled: wanted !== '',
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const { ids } = await client.audience.list.query({ filter: { text: wanted }, sort: { by: 'address', descending: false }, group: 'addresses' }, { signal });
      const first = [...decodeIds(ids).subarray(0, offered)];
      const rows = first.length === 0 ? [] : await client.audience.rows.query({ ids: first }, { signal });
      return rows.filter((row) => row !== null);
    },
  });
  const explanation = useQuery(trpc.segments.explain.queryOptions({ tree, endpoint: chosen?.id ?? 1 }, { enabled: chosen !== undefined, placeholderData: keepPreviousData }));
  return (
    <section className={classes.block}>
      <h3 className={classes.blockHead}>Is somebody in it?</h3>
      <TextInput
        size="xs"
        aria-label="Address or user id of a person"
        placeholder="Address or user id"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setChosen(undefined);
        }}
      />
      {chosen === undefined && wanted !== '' && found.data && (
        <ul className={classes.lines} aria-label="Addresses found">
          {found.data.length === 0 && <li className="h-text-2">No address or user id begins with this.</li>}
          {found.data.map((row) => (
            <li key={row.id}>
              <button type="button" className={classes.pill} onClick={() => setChosen(row)}>
                <span className="h-ellipsis">{row.address || row.uid}</span>
              </button>
              <span className="h-text-3">{row.name ?? row.person?.userId ?? ''}</span>
            </li>
          ))}
        </ul>
      )}
      {chosen && (
        <Loaded query={explanation}>
          {(data) => (
            <div aria-live="polite">
              <p style={{ marginBlock: 8 }}>
                <b className="h-name">{chosen.address || chosen.uid}</b> <Tag tone={data.member ? 'ok' : 'warn'}>{data.member ? 'in this segment' : 'not in it'}</Tag>
              </p>
              {data.nodes.length === 0 ? <p className="h-text-2">There is no rule yet, so everybody is in it.</p> : <Reasons of={tree.root.of} path="" explanation={data} names={names} />}
              {data.drawn !== null && tree.draw && (
                <ul className={classes.reasons}>
                  <li>
                    {data.drawn ? <IconCheck size={14} className="h-ok" aria-label="holds" /> : <IconX size={14} className="h-bad" aria-label="does not hold" />}
                    <div>{drawSentence(tree.draw)}</div>
                  </li>
                </ul>
              )}
            </div>
          )}
        </Loaded>
      )}
    </section>
  );
}

function Reasons({ of, path, explanation, names }: { readonly of: readonly SegmentNode[]; readonly path: string; readonly explanation: SegmentExplanation; readonly names: RuleNames }) {
  const holds = new Map(explanation.nodes.map((node) => [node.path, node.holds]));
  return (
    <ul className={classes.reasons}>
      {of.map((node, index) => {
        const at = path === '' ? String(index) : `${path}.${index}`;
        const answer = holds.get(at);
        if (answer === undefined) return null;
        return (
          <li key={at}>
            {answer ? <IconCheck size={14} className="h-ok" aria-label="holds" /> : <IconX size={14} className="h-bad" aria-label="does not hold" />}
            <div>
              {node.type === 'group' ? (
                <>
                  {matchWords[node.match].name}: {matchWords[node.match].help}
                  <Reasons of={node.of} path={at} explanation={explanation} names={names} />
                </>
              ) : (
                ruleSentence(node, names)
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
