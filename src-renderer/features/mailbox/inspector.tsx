import { IconCheck, IconInfoCircle, IconX } from '@tabler/icons-react';
import type { MailboxMessage, MessageCheck } from '../../../src-preload/contract/mailbox.js';
import { Section } from '../../ui/index.js';
import classes from './mailbox.module.css';

const names: Readonly<Record<MessageCheck['rule'], string>> = {
  from: 'From',
  alignment: 'Alignment',
  subject: 'Subject',
  message_id: 'Message-ID',
  date: 'Date',
  list_unsubscribe: 'List-Unsubscribe',
  one_click: 'One click',
  dkim: 'DKIM',
  parts: 'Parts',
  size: 'Size',
  lines: 'Line length',
};
const marks = { pass: [IconCheck, 'h-ok', 'good'], note: [IconInfoCircle, 'h-text-3', 'to know'], fail: [IconX, 'h-bad', 'wrong'] } as const;

/** How the message stands to the rules of providers and standards, and its headers as they are. */
export function Inspector({ message }: { readonly message: MailboxMessage }) {
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label="Headers">
      <Section title="Rules" level={3}>
        <ul className={classes.checks}>
          {message.checks.map(({ rule, state, text }) => {
            const [Icon, tone, word] = marks[state];
            return (
              <li key={rule}>
                <Icon size={14} className={tone} aria-label={word} />
                <span className="h-name">{names[rule]}</span>
                <span>{text}</span>
              </li>
            );
          })}
        </ul>
      </Section>
      <Section title="Headers" level={3} note={`envelope: ${message.envelopeFrom || 'no sender'} to ${message.recipient}`}>
        <dl className={classes.headers}>
          {message.headers.map(({ name, value }, index) => (
            <div key={index}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Section>
    </div>
  );
}
