import type { Channel } from '../../../src-preload/contract/common.js';
import { messageStateCode } from '../../../src-preload/contract/delivery.js';
import type { ErasePreview, EraseTarget } from '../../../src-preload/contract/erasure.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import { readSettings } from '../../settings/index.js';
import type { ReadDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { normaliseAddress } from '../address.js';

export interface AddressKey {
  readonly channel: Channel;
  readonly addressKey: string;
}

/** Everything by which somebody is known here. */
export interface Subject {
  /** Row ids of endpoints. */
  readonly endpoints: readonly number[];
  /** The persons that go with them: nobody else's address belongs to them. */
  readonly users: readonly { readonly id: number; readonly userId: string }[];
  /** Addresses, those of before included. */
  readonly keys: readonly AddressKey[];
  /** Ids their makers gave. */
  readonly uids: readonly string[];
  /** Addresses that are another person's too and were left out of `keys`. */
  readonly shared: number;
}

interface EndpointRow extends AddressKey {
  readonly id: number;
  readonly uid: string;
  readonly user: number | null;
}

const columns = sql`id, uid, channel, address_key as addressKey, user`;
export const jsonList = (values: readonly unknown[]): string => JSON.stringify(values);

/** Finds everything that names the target. Throws `NOT_FOUND`, and `BAD_INPUT` for an address that cannot be one. */
export function findSubject(db: ReadDb, target: EraseTarget): Subject {
  return target.kind === 'person' ? personSubject(db, target.endpoint) : addressSubject(db, addressOf(db, target));
}

function addressOf(db: ReadDb, { channel, address }: Extract<EraseTarget, { kind: 'address' }>): AddressKey {
  const normal = normaliseAddress(channel, address, { defaultCountry: readSettings(db).defaultCountry });
  if ('problem' in normal) throw new HeliographError('BAD_INPUT', { field: 'address', message: normal.problem });
  return { channel, addressKey: normal.addressKey };
}

function personSubject(db: ReadDb, endpoint: number): Subject {
  const self = db.get<EndpointRow>(sql`select ${columns} from endpoint where id = ${endpoint}`);
  if (!self) throw new HeliographError('NOT_FOUND', { what: 'person' });
  const rows = self.user === null ? [self] : db.all<EndpointRow>(sql`select ${columns} from endpoint where user = ${self.user} order by id`);
  const users = self.user === null ? [] : db.all<{ id: number; userId: string }>(sql`select id, user_id as userId from user where id = ${self.user}`);
  const ids = jsonList(rows.map((row) => row.id));
  const former = db.all<AddressKey>(sql`
    select distinct 'EMAIL' as channel, p.address_key as addressKey from message m join message_reply p on p.run = m.run and p.seq = m.seq
      where m.endpoint in (select value from json_each(${ids})) and p.address_key is not null
    union select image ->> '$.channel', image ->> '$.address_key' from import_image where image is not null and endpoint in (select value from json_each(${ids}))`);
  const held = new Set(rows.map((row) => row.id));
  const all = new Map([...rows, ...former].map(({ channel, addressKey }) => [`${channel} ${addressKey}`, { channel, addressKey }]));
  // An address that somebody else holds as well, or was given since, is theirs.
  const keys = [...all.values()].filter(
    ({ channel, addressKey }) => !db.all<{ id: number; user: number | null }>(sql`select id, user from endpoint where address_key = ${addressKey} and channel = ${channel}`).some((row) => !held.has(row.id)),
  );
  return { endpoints: rows.map((row) => row.id), users, keys, uids: uidsOf(db, rows), shared: all.size - keys.length };
}

/** Whoever holds the address. A person whose only address it is goes with it. */
export function addressSubject(db: ReadDb, key: AddressKey): Subject {
  const rows = db.all<EndpointRow>(sql`select ${columns} from endpoint where address_key = ${key.addressKey} and channel = ${key.channel} order by id`);
  const ids = jsonList(rows.map((row) => row.id));
  const users = db.all<{ id: number; userId: string }>(sql`select id, user_id as userId from user where id in (select user from endpoint where id in (select value from json_each(${ids})))
    and not exists (select 1 from endpoint e where e.user = user.id and e.id not in (select value from json_each(${ids})))`);
  return { endpoints: [...rows.map((row) => row.id), ...deletedWith(db, key)], users, keys: [key], uids: uidsOf(db, rows), shared: 0 };
}

/** Endpoints that had the address and were deleted: events, images and audit lines still carry their row ids. */
function deletedWith(db: ReadDb, { channel, addressKey }: AddressKey): number[] {
  const runs = channel === 'EMAIL' ? db.all<{ id: number }>(sql`select id from run`) : [];
  const sent = runs.flatMap(({ id }) => db.all<{ id: number }>(sql`select distinct m.endpoint as id from message_reply p join message m on m.run = p.run and m.seq = p.seq where p.run = ${id} and p.address_key = ${addressKey}`));
  const kept = db.all<{ id: number }>(sql`select endpoint as id from import_image where image is not null and instr(image, ${addressKey}) > 0 and image ->> '$.address_key' = ${addressKey} and image ->> '$.channel' = ${channel}`);
  const gone = db.prepare('select 1 from endpoint where id = ?');
  return [...new Set([...sent, ...kept].map(({ id }) => id))].filter((id) => id > 0 && gone.get(id) === undefined);
}

function uidsOf(db: ReadDb, rows: readonly EndpointRow[]): string[] {
  const aliases = db.all<{ uid: string }>(sql`select uid from endpoint_alias where endpoint in (select value from json_each(${jsonList(rows.map((row) => row.id))}))`);
  return [...rows, ...aliases].map(({ uid }) => uid);
}

/** Why it must wait: a message to them that was handed over and not answered, a test that is still to go to them, or work that has read them and will write them down. */
export function refusal(db: ReadDb, subject: Subject): 'sending' | 'job' | undefined {
  const ids = jsonList(subject.endpoints);
  const claimed = db.get(sql`select 1 from message where endpoint in (select value from json_each(${ids})) and state = ${messageStateCode.claimed} limit 1`);
  // Few rows: claims in flight, and tests.
  const keys = new Set(subject.keys.map((key) => key.addressKey));
  const flying = () =>
    db
      .all<{ address: string | null }>(
        sql`select coalesce(a.address, p.address_key) as address from message m left join message_reply p on p.run = m.run and p.seq = m.seq left join adhoc_address a on a.run = m.run and a.seq = m.seq
          where m.state in (1, 2, 3, 7) and m.state = ${messageStateCode.claimed}
        union all select a.address from adhoc_address a join message m on m.run = a.run and m.seq = a.seq where m.state < ${messageStateCode.sent}`,
      )
      .some(({ address }) => address !== null && keys.has(address.toLowerCase()));
  const asTest = () => db.get(sql`select 1 from message m join run r on r.id = m.run where m.endpoint in (select value from json_each(${ids})) and r.kind = 'test' and m.state < ${messageStateCode.sent} limit 1`);
  if (claimed !== undefined || flying() || asTest() !== undefined) return 'sending';
  if (db.get(sql`select 1 from import where state in ('checking', 'merging', 'undoing') limit 1`) ?? db.get(sql`select 1 from job where state in ('queued', 'running') limit 1`)) return 'job';
  return undefined;
}

/** Throws `ERASE_NOT_NOW` {why}. */
export function assertErasable(db: ReadDb, subject: Subject): void {
  const why = refusal(db, subject);
  if (why !== undefined) throw new HeliographError('ERASE_NOT_NOW', { why });
}

/** What an erasure would find, for the confirmation. Throws what `findSubject` throws. */
export function previewErasure(db: ReadDb, target: EraseTarget): ErasePreview {
  const subject = findSubject(db, target);
  const ids = jsonList(subject.endpoints);
  const n = (table: 'message' | 'event') =>
    table === 'message'
      ? db.get<{ n: number }>(sql`select count(*) as n from message where endpoint in (select value from json_each(${ids}))`)!.n
      : db.get<{ n: number }>(sql`select count(*) as n from event where endpoint in (select value from json_each(${ids}))`)!.n;
  const refused = refusal(db, subject);
  return { people: subject.users.length, addresses: db.get<{ n: number }>(sql`select count(*) as n from endpoint where id in (select value from json_each(${ids}))`)!.n, messages: n('message'), events: n('event'), ...(refused === undefined ? {} : { refused }) };
}

/** Whom an erasure concerns, for the work on files before it. Throws also `ERASE_NOT_NOW`. */
export function eraseSubject(db: ReadDb, target: EraseTarget): Subject {
  const subject = findSubject(db, target);
  assertErasable(db, subject);
  return subject;
}
