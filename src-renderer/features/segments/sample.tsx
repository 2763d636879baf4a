import { Button } from '@mantine/core';
import { IconArrowsShuffle } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { EndpointView } from '../../../src-preload/contract/endpoint.js';
import { rulesOf, type SegmentRule, type SegmentTree } from '../../../src-preload/contract/segment.js';
import type { SampleMember } from '../../../src-preload/contract/segment-views.js';
import { type Format, useFormat } from '../../lib/format.js';
import { Loaded, Section, Tag } from '../../ui/index.js';
import classes from './segments.module.css';
import { channelNames, subjectWords } from './words.js';

/** How many of the fields that the rules name get a column. */
const maxColumns = 3;

/** What a person is called: their name if an attribute holds one, else the user id, else the endpoint's. */
function personName(view: EndpointView): string {
  const first = (name: string) => view.User.UserAttributes[name]?.[0] ?? view.Attributes[name]?.[0];
  const full = first('Name') ?? first('name') ?? [first('FirstName') ?? first('firstName'), first('LastName') ?? first('lastName')].filter((part) => part !== undefined).join(' ');
  return full || (view.User.UserId ?? view.Id);
}

function valueOf(view: EndpointView, rule: SegmentRule, f: Format): string {
  switch (rule.type) {
    case 'attribute':
      return (rule.of === 'user' ? view.User.UserAttributes : view.Attributes)[rule.name]?.join(', ') ?? '';
    case 'metric': {
      const value = view.Metrics[rule.name];
      return value === undefined ? '' : f.number(value, 2);
    }
    case 'demographic':
      return view.Demographic[rule.field] ?? '';
    case 'location':
      return view.Location[rule.field] ?? '';
    case 'created':
      return f.when(Date.parse(view.CreationDate));
    default:
      return '';
  }
}

/** The fields that the rules are about, each once: what one wants to see of the people found. */
function columnsOf(tree: SegmentTree): SegmentRule[] {
  const found = new Map<string, SegmentRule>();
  for (const rule of rulesOf(tree.root)) {
    const shown = rule.type === 'attribute' || rule.type === 'metric' || rule.type === 'demographic' || rule.type === 'created' || (rule.type === 'location' && rule.field !== 'Country');
    if (shown) found.set(`${rule.type} ${subjectWords(rule)}`, rule);
  }
  return [...found.values()].slice(0, maxColumns);
}

/** Twenty members to check the rules against: the same twenty while the rules are edited, as far as they still match. */
export function Sample({ sample, tree, stale, onShuffle }: { readonly sample: UseQueryResult<SampleMember[], unknown>; readonly tree: SegmentTree; readonly stale: boolean; readonly onShuffle: () => void }) {
  const f = useFormat();
  const columns = columnsOf(tree);
  return (
    <Section
      title={sample.data !== undefined && sample.data.length < 20 ? (sample.data.length === 0 ? 'Nobody' : 'All of them') : 'Twenty of them'}
      note="at random, the same while you edit"
      tools={
        <Button variant="subtle" color="slate" leftSection={<IconArrowsShuffle size={14} />} onClick={onShuffle}>
          Shuffle
        </Button>
      }
    >
      <Loaded query={sample}>
        {(members) =>
          members.length === 0 ? (
            <p className="h-text-2">Nobody matches these rules.</p>
          ) : (
            <div className={classes.sampleWrap} style={{ opacity: stale ? 0.6 : 1 }} tabIndex={0} role="group" aria-label="Sample of members">
              <table className="h-table">
                <thead>
                  <tr>
                    <th>Person</th>
                    <th>Address</th>
                    <th>Channel</th>
                    <th>Country</th>
                    {columns.map((rule) => (
                      <th key={`${rule.type} ${subjectWords(rule)}`} className={rule.type === 'metric' ? 'h-num' : undefined}>
                        {rule.type === 'created' ? 'Created' : subjectWords(rule)}
                      </th>
                    ))}
                    <th className="h-num">Last seen</th>
                  </tr>
                </thead>
                <tbody>
                  {members.map(({ id, view, lastSeenAt }) => (
                    <tr key={id}>
                      <td>
                        <Link className="h-name" to={`/people/${id}`}>
                          {personName(view)}
                        </Link>
                      </td>
                      <td>
                        {view.Address} {view.EndpointStatus === 'INACTIVE' && <Tag>inactive</Tag>}
                      </td>
                      <td>{channelNames[view.ChannelType]}</td>
                      <td>{view.Location.Country ?? '—'}</td>
                      {columns.map((rule) => (
                        <td key={`${rule.type} ${subjectWords(rule)}`} className={rule.type === 'metric' ? 'h-num' : undefined}>
                          {valueOf(view, rule, f) || '—'}
                        </td>
                      ))}
                      <td className="h-num">{lastSeenAt === null ? 'never' : f.when(lastSeenAt)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </Section>
  );
}
