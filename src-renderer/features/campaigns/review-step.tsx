import { Button, Stack } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconCheck } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReviewCheck, ReviewResult } from '../../../src-preload/contract/campaign.js';
import { type Format, useFormat } from '../../lib/format.js';
import { Loaded, Section } from '../../ui/index.js';
import { FunnelTable } from './funnel.js';

const marks = {
  ok: { icon: <IconCheck size={14} className="h-ok" aria-hidden />, word: 'Passed' },
  warn: { icon: <IconAlertTriangle size={14} className="h-warn" aria-hidden />, word: 'Worth a look' },
  block: { icon: <IconBan size={14} className="h-bad" aria-hidden />, word: 'Stops the launch' },
} as const;
const order = { block: 0, warn: 1, ok: 2 } as const;

function checksNote(checks: readonly ReviewCheck[], f: Format): string {
  const n = (level: ReviewCheck['level']) => checks.filter((check) => check.level === level).length;
  return [`${f.number(n('ok'))} passed`, n('block') > 0 && `${f.number(n('block'))} ${n('block') === 1 ? 'stops' : 'stop'} the launch`, n('warn') > 0 && `${f.number(n('warn'))} to look at`].filter((part) => part !== false).join(', ');
}

/** Everything that is known before the launch: who gets it, how long it takes, what is wrong. */
export function ReviewStep({ review, onFix, onTest }: { readonly review: UseQueryResult<ReviewResult, unknown>; readonly onFix: (check: ReviewCheck['id']) => void; readonly onTest: () => void }) {
  const f = useFormat();
  return (
    <Loaded query={review}>
      {(found: ReviewResult) => {
        return (
          <Stack gap="lg" maw={860}>
            <Section title="Who gets it" note="each address counts once, at the first reason that stops it">
              {found.funnel ? <FunnelTable funnel={found.funnel} /> : <p className="h-text-2">No segment is chosen yet.</p>}
            </Section>
            <Section title="When">
              <p className="h-text-2">
                30 seconds after the launch.{' '}
                {found.durationSeconds === null ? 'How long it takes is up to the mail server.' : `By the connection's own limit, sending takes at least ${f.duration(found.durationSeconds * 1000)}.`}
              </p>
            </Section>
            <Section title="Checks" note={checksNote(found.checks, f)}>
              <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
                {[...found.checks].sort((a, b) => order[a.level] - order[b.level]).map((check, i) => (
                  // One step may have several findings of a kind.
                  <li key={`${i} ${check.id}`} style={{ display: 'flex', gap: 8, alignItems: 'center', minHeight: 30, borderTop: '1px solid var(--h-line)', padding: '4px 0' }}>
                    {marks[check.level].icon}
                    <span className="h-visually-hidden">{marks[check.level].word}: </span>
                    <span style={{ flex: 1 }}>
                      <span className={check.level === 'ok' ? 'h-text-2' : 'h-name'}>{check.words}</span> {check.fix !== undefined && <span className="h-text-2">{check.fix}</span>}
                    </span>
                    {check.level !== 'ok' && (
                      <Button variant="subtle" color="slate" size="compact-sm" onClick={() => (check.id === 'test_send' ? onTest() : onFix(check.id))}>
                        {check.id === 'test_send' ? 'Send test' : 'Go there'}
                      </Button>
                    )}
                  </li>
                ))}
              </ul>
            </Section>
            {found.missing.length > 0 && (
              <Section title="Missing values" note="who lacks a value is left out with that reason">
                <table className="h-table">
                  <thead>
                    <tr>
                      <th scope="col">Variable</th>
                      <th scope="col" className="h-num">
                        People
                      </th>
                      <th scope="col" className="h-num">
                        Addresses
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {found.missing.map((row) => (
                      <tr key={row.variable}>
                        <td>
                          <code>{row.variable}</code>
                        </td>
                        <td className="h-num">{f.number(row.people)}</td>
                        <td className="h-num">{f.number(row.addresses)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Section>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}
