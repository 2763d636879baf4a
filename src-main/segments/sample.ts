import type { SegmentTree } from '../../src-preload/contract/segment.js';
import type { SampleMember } from '../../src-preload/contract/segment-views.js';
import { endpointViewColumns, type EndpointViewRow, toEndpointView } from '../audience/index.js';
import type { ReadDb } from '../store/db.js';
import { highestId } from '../store/highest-id.js';
import { sql } from '../store/sql.js';
import { conditionSql } from './compile.js';
import { scan } from './scan.js';

/** Ids tried one by one before the whole audience is scanned: a segment that hides its twenty behind this many is a small one. */
const maxProbes = 32_768;

/**
 * Members of a tree in an order that only the seed decides, one address per person. While a tree is edited, those who still match stay, because the order in which
 * endpoints are tried does not depend on the tree. Common segments answer from a few probes, rare ones from one scan; both give the same people.
 */
export function sampleSegment(db: ReadDb, input: { readonly tree: SegmentTree; readonly asOf: number; readonly seed: number; readonly size: number }): SampleMember[] {
  const condition = conditionSql(db, input.tree, input.asOf);
  const highest = highestId(db, 'endpoint');
  const order = createOrder(highest, input.seed);
  const chosen: number[] = [];
  const people = new Set<number>();
  const take = (member: { readonly id: number; readonly user: number }) => {
    if (chosen.length === input.size || (member.user !== 0 && people.has(member.user))) return;
    if (member.user !== 0) people.add(member.user);
    chosen.push(member.id);
  };

  let position = 0;
  for (let batch = 256; chosen.length < input.size && position < Math.min(order.length, maxProbes); batch = Math.min(batch * 2, 4_096)) {
    db.throwIfCancelled();
    const ids: number[] = [];
    for (; ids.length < batch && position < order.length; position++) {
      const id = order.idAt(position);
      if (id >= 1 && id <= highest) ids.push(id);
    }
    // The cross join keeps the order of the list.
    const rows = db.all<{ id: number; user: number }>(
      sql`select e.id as id, coalesce(e.user, 0) as user from json_each(${JSON.stringify(ids)}) j cross join endpoint e on e.id = j.value left join user u on u.id = e.user where ${condition}`,
    );
    rows.forEach(take);
  }
  if (chosen.length < input.size && position < order.length) {
    const members: { id: number; user: number; position: number }[] = [];
    scan(db, [sql`e.id`, sql`coalesce(e.user, 0)`], condition, ([ids, users]) => {
      for (let i = 0; i < ids!.length; i++) members.push({ id: ids![i]!, user: users![i]!, position: order.positionOf(ids![i]!) });
    });
    chosen.length = 0;
    people.clear();
    members.sort((a, b) => a.position - b.position).forEach(take);
  }

  const rows = db.all<EndpointViewRow & { row_id: number; seen: number | null }>(
    sql`select e.id as row_id, e.last_seen_at as seen, ${endpointViewColumns} from endpoint e left join user u on u.id = e.user where e.id in (select value from json_each(${JSON.stringify(chosen)}))`,
  );
  const byId = new Map(rows.map((row) => [row.row_id, row]));
  return chosen.map((id) => {
    const row = byId.get(id)!;
    return { id, view: toEndpointView(row), lastSeenAt: row.seen };
  });
}

interface Order {
  readonly length: number;
  idAt(position: number): number;
  positionOf(id: number): number;
}

/**
 * A shuffle of 0..length-1 that needs no memory and can be read backwards: `id = a * position + b` modulo a prime. The prime follows the next power of two, so that
 * the order stays while the audience grows a little.
 */
function createOrder(highest: number, seed: number): Order {
  const prime = primeFrom(2 ** Math.ceil(Math.log2(highest + 2)));
  const p = BigInt(prime);
  // Two odd constants of splitmix64 spread neighbouring seeds far apart.
  const mixed = BigInt.asUintN(64, (BigInt(seed) + 1n) * 0x9e37_79b9_7f4a_7c15n);
  const a = (mixed % (p - 1n)) + 1n;
  const b = BigInt.asUintN(64, (mixed ^ (mixed >> 31n)) * 0x94d0_49bb_1331_11ebn) % p;
  const inverse = power(a, p - 2n, p);
  return {
    length: prime,
    idAt: (position) => Number((a * BigInt(position) + b) % p),
    positionOf: (id) => Number(((((BigInt(id) - b) % p) + p) * inverse) % p),
  };
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let [square, left] = [base % modulus, exponent]; left > 0n; left >>= 1n, square = (square * square) % modulus) if (left & 1n) result = (result * square) % modulus;
  return result;
}

function primeFrom(from: number): number {
  for (let n = Math.max(3, from | 1); ; n += 2) {
    let prime = true;
    for (let d = 3; d * d <= n && prime; d += 2) prime = n % d !== 0;
    if (prime) return n;
  }
}
