import { suppress } from '../../audience/index.js';
import { appendEvent } from '../../events/index.js';
import type { WriteDb } from '../../store/db.js';
import { findMessage, recordOutcome } from './message.rows.js';

/** What a mail server or mailbox provider says about a message after it was accepted. `words` are the server's own. `run` is the run's uid. */
export interface BounceFact {
  readonly uid: string;
  readonly run: string;
  readonly seq: number;
  readonly kind: 'hard_bounce' | 'soft_bounce' | 'complaint';
  readonly at: number;
  readonly words: string;
}

const types = { hard_bounce: '_email.hardbounce', soft_bounce: '_email.softbounce', complaint: '_email.complaint' } as const;

/** Records a bounce or complaint; a hard bounce and a complaint suppress the address for everything (field.md 3). False: the message is not known here, or the fact was. */
export function recordBounce(db: WriteDb, fact: BounceFact): boolean {
  const message = findMessage(db, fact.run, fact.seq);
  if (!message) return false;
  const isNew = appendEvent(db, {
    uid: fact.uid,
    type: types[fact.kind],
    at: fact.at,
    app: message.app,
    endpoint: message.endpoint,
    run: message.run,
    seq: message.seq,
    attributes: { words: fact.words, ...(message.test ? { test: true } : {}) },
  });
  if (!isNew) return false;
  if (!message.test) recordOutcome(db, message.run, message.seq, fact.kind, fact.at);
  if (fact.kind !== 'soft_bounce' && message.address && !message.test) {
    suppress(db, { ...message.address, scope: 'all', reason: fact.kind, source: 'mail feedback', message: { run: message.run, seq: message.seq } });
  }
  return true;
}
