import type { ReadDb, WriteDb } from '../store/db.js';

/** What an erased address is called in the tables of consent, before its hash. No address can begin so: e-mail has an @ and no colon before it, a number begins with +. */
export const erasedPrefix = 'erased:';

/** What is hashed of an address. */
export const addressText = (channel: string, addressKey: string): string => `${channel}\n${addressKey}`;
/** What is hashed of a person's id; no channel has this name. */
export const personText = (userId: string): string => `person\n${userId}`;

/** Whether anybody was ever erased here: until then nothing is hashed, and an import pays nothing. */
export const anyErased = (db: ReadDb): boolean => db.prepare('select 1 from erased limit 1').get() !== undefined;

/** The name under which the consent of an erased address stands. Throws `SECRETS_LOCKED`. */
export const erasedName = (db: WriteDb, channel: string, addressKey: string): string => erasedPrefix + db.keyedHash(addressText(channel, addressKey));

/** Whether this very address was erased, at any time. Throws `SECRETS_LOCKED` where somebody was erased and the key is not open. */
export function wasErased(db: WriteDb, channel: string, addressKey: string): boolean {
  return anyErased(db) && db.prepare("select 1 from erased where what = 'address' and hash = ?").get(db.keyedHash(addressText(channel, addressKey))) !== undefined;
}
