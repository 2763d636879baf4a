import { channels } from '../../src-preload/contract/common.js';
import type { ChannelReach } from '../../src-preload/contract/bring-over.js';
import { contactReasonSql } from '../audience/index.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';

/** Ids at a time: between them somebody may cancel. */
const slice = 50_000;

/** Addresses of the workspace by channel, and how many nothing stands in the way of: active, with an address, not opted out, not suppressed. */
export function channelReach(db: ReadDb, throwIfCancelled: () => void): ChannelReach[] {
  const last = db.get<{ id: number | null }>(sql`select max(id) as id from endpoint`)?.id ?? 0;
  const sums = new Map<string, { addresses: number; reachable: number }>();
  for (let after = 0; after < last; after += slice) {
    throwIfCancelled();
    const rows = db.all<{ channel: string; addresses: number; reachable: number }>(
      sql`select e.channel, count(*) as addresses, sum((${contactReasonSql}) = 0) as reachable from endpoint e where e.id > ${after} and e.id <= ${after + slice} group by e.channel`,
    );
    for (const { channel, addresses, reachable } of rows) {
      const sum = sums.get(channel) ?? { addresses: 0, reachable: 0 };
      sums.set(channel, { addresses: sum.addresses + addresses, reachable: sum.reachable + reachable });
    }
  }
  return channels.flatMap((channel) => {
    const sum = sums.get(channel);
    return sum ? [{ channel, ...sum }] : [];
  });
}
