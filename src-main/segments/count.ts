import { type AudienceCount, channels } from '../../src-preload/contract/common.js';
import type { SegmentTree } from '../../src-preload/contract/segment.js';
import type { SegmentCount } from '../../src-preload/contract/segment-views.js';
import { systemClock } from '../platform/clock.js';
import type { ReadDb } from '../store/db.js';
import { highestId } from '../store/highest-id.js';
import { type Sql, sql, sqlJoin } from '../store/sql.js';
import { conditionSql } from './compile.js';
import { scan } from './scan.js';

/** One number per address: `user * 32 + channel * 2 + active`, user 0 for an address nobody is known to own. */
const packed: Sql = sql`coalesce(e.user, 0) * 32 + case e.channel ${sqlJoin(
  channels.map((name, index) => sql`when ${name} then ${index * 2}`),
  sql` `,
)} end + e.active`;

/** People and addresses in a tree, by one scan in slices. A person is a user, or an address nobody is known to own. */
export function countSegment(db: ReadDb, input: { readonly tree: SegmentTree; readonly asOf: number }): SegmentCount {
  const started = systemClock.monotonic();
  const users = highestId(db, 'user') + 1;
  const seen = new Uint8Array(users);
  const perChannel = channels.map(() => ({ people: 0, addresses: 0, seen: undefined as Uint8Array | undefined }));
  const total = { people: 0, addresses: 0 };
  scan(db, [packed], conditionSql(db, input.tree, input.asOf), ([rows]) => {
    for (const row of rows!) {
      const user = Math.floor(row / 32);
      total.addresses++;
      if (user === 0) total.people++;
      else if (seen[user] === 0) {
        seen[user] = 1;
        total.people++;
      }
      if (row % 2 === 0) continue;
      const channel = perChannel[(row % 32) >> 1]!;
      channel.addresses++;
      if (user === 0) channel.people++;
      else {
        channel.seen ??= new Uint8Array(users);
        if (channel.seen[user] === 0) {
          channel.seen[user] = 1;
          channel.people++;
        }
      }
    }
  });
  return {
    ...total,
    reachable: channels.flatMap((channel, index) => {
      const { people, addresses } = perChannel[index]!;
      return addresses === 0 ? [] : [{ channel, people, addresses }];
    }),
    commit: db.commitNumber(),
    ms: Math.round(systemClock.monotonic() - started),
  };
}

/** Everybody in the workspace, from indexes alone. */
export function countEveryone(db: ReadDb): AudienceCount {
  return db.get<AudienceCount>(sql`
    select count(*) as addresses, count(*) - (select count(*) from endpoint where user is not null) + (select count(distinct user) from endpoint where user is not null) as people
    from endpoint`)!;
}
