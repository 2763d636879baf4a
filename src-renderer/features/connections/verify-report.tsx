import { IconAlertTriangle, IconCheck, IconMinus, IconX } from '@tabler/icons-react';
import type { VerifyReport, VerifyStep } from '../../../src-preload/contract/connection.js';
import { useFormat } from '../../lib/format.js';
import { Facts } from '../../ui/index.js';
import classes from './connections.module.css';
import { stepWords } from './words.js';

const marks: Readonly<Record<VerifyStep['state'], { icon: typeof IconCheck; tone: string; word: string }>> = {
  ok: { icon: IconCheck, tone: 'h-ok', word: 'good' },
  warning: { icon: IconAlertTriangle, tone: 'h-warn', word: 'caution' },
  failed: { icon: IconX, tone: 'h-bad', word: 'failed' },
  not_tried: { icon: IconMinus, tone: 'h-text-3', word: 'not tried' },
};

/** A conversation with a server, step by step, and what the server offers. */
export function VerifyReportView({ report }: { readonly report: VerifyReport }) {
  const f = useFormat();
  const { server } = report;
  return (
    <div role="status">
      <ul className={classes.steps}>
        {report.steps.map((step) => {
          const mark = marks[step.state];
          return (
            <li key={step.step}>
              <mark.icon size={14} className={mark.tone} aria-label={mark.word} />
              <span>
                <span className="h-name">{stepWords[step.step]}</span>
                <span className={step.state === 'not_tried' ? 'h-text-3' : 'h-text-2'}>{step.text}</span>
                {step.fix !== undefined && step.fix !== '' && <span>{step.fix}</span>}
              </span>
            </li>
          );
        })}
      </ul>
      {server && (
        <Facts
          of={[
            ['Largest message', server.sizeBytes === null ? 'No limit named' : f.bytes(server.sizeBytes)],
            ['Login', server.authMethods.length === 0 ? 'None offered' : server.authMethods.join(', ')],
            ['Extensions', [server.pipelining && 'PIPELINING', server.eightBitMime && '8BITMIME', server.smtpUtf8 && 'SMTPUTF8'].filter((word) => word !== false).join(', ') || 'None'],
            ...(server.tls ? ([['Certificate', `${server.tls.subject}, until ${f.date(server.tls.validTo)}`]] as const) : []),
          ]}
        />
      )}
    </div>
  );
}
