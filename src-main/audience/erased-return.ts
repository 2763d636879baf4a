import type { SuppressionReason, SuppressionScope } from '../../src-preload/contract/audience.js';
import type { Channel } from '../../src-preload/contract/common.js';
import type { WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { suppress } from './consent.js';
import { anyErased, erasedName } from './erased.js';
import { recordTopicConsent } from './topic-consent.js';

/**
 * Called for each address that a row is made with or moves to, by whatever. Where it was erased once, what stood against it stands again, so that neither a freeze nor a claim needs to know of
 * erasures. Costs one hash an address (some 3 us), and only where somebody was erased. Throws `SECRETS_LOCKED` there while the key is not open: nobody may come in unchecked.
 */
export function returnErased(db: WriteDb, { channel, address_key: addressKey }: { readonly channel: Channel; readonly address_key: string }): void {
  if (!anyErased(db)) return;
  const name = erasedName(db, channel, addressKey);
  const standing = db.all<{ scope: SuppressionScope; reason: SuppressionReason }>(
    sql`select d.scope, s.reason from suppressed d join suppression s on s.id = d.suppression where d.channel = ${channel} and d.address_key = ${name}`,
  );
  for (const one of standing) suppress(db, { channel, addressKey, ...one, source: 'erased before' });
  const left = db.all<{ topic: number }>(sql`select topic from topic_state where channel = ${channel} and address_key = ${name} and state = 'withdrawn'`);
  for (const { topic } of left) recordTopicConsent(db, { topic, channel, addressKey, act: 'withdraw', source: 'erased before' });
}
