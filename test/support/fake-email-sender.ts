import type { EmailSender, OutgoingEmail, SendResult } from '../../src-main/channels/port.js';

export interface FakeEmailSender extends EmailSender {
  readonly sent: OutgoingEmail[];
  /** Messages on the wire that wait for `answer`. */
  readonly onWire: OutgoingEmail[];
  mostOnWire: number;
  closed: boolean;
  /** Answers the oldest message on the wire, or all of them. */
  answer(result?: SendResult, count?: number): void;
}

export const ok: SendResult = { kind: 'accepted', response: '250 2.0.0 ok' };

/** A provider that answers what the test says: at once by `reply`, or when `answer` is called. Closing withdraws what waits, as the port wants it. */
export function fakeEmailSender(options: { connections?: number; reply?: (email: OutgoingEmail) => SendResult } = {}): FakeEmailSender {
  const waiting: { email: OutgoingEmail; resolve: (result: SendResult) => void }[] = [];
  const sender: FakeEmailSender = {
    connections: options.connections ?? 2,
    sent: [],
    get onWire() {
      return waiting.map(({ email }) => email);
    },
    mostOnWire: 0,
    closed: false,
    send(email) {
      sender.sent.push(email);
      if (options.reply) return Promise.resolve(options.reply(email));
      return new Promise((resolve) => {
        waiting.push({ email, resolve });
        sender.mostOnWire = Math.max(sender.mostOnWire, waiting.length);
      });
    },
    answer(result = ok, count = 1) {
      for (const { resolve } of waiting.splice(0, count)) resolve(result);
    },
    pace: () => ({ tokens: 0, at: 0 }),
    close() {
      sender.closed = true;
      for (const { resolve } of waiting.splice(0)) resolve({ kind: 'not_sent', cause: 'the sender is closing', ours: false });
      return Promise.resolve();
    },
  };
  return sender;
}
