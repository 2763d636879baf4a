import type { Channel } from '../../src-preload/contract/common.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ImportMatch } from '../../src-preload/contract/import.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { isWorkspaceWide, type NormalAddress } from './address.js';
import {
  activeHolder,
  type DemographicInput,
  type EndpointColumns,
  endpointColumnNames,
  insertEndpoint,
  type LocationInput,
  readEndpoint,
  standardColumns,
  writeEndpoint,
} from './columns.js';
import { keepOptOut } from './consent.js';
import { mergeMap, mergeUser } from './user.js';

/** One endpoint as a file tells it. Absent fields are kept on an endpoint that exists (pinpoint.md 1.3). */
export interface EndpointInput {
  readonly app: number;
  /** The id its maker gave; compared without case. */
  readonly id?: string | undefined;
  /** Needed together with `address`, and both for an endpoint that is not known yet. */
  readonly channel?: Channel | undefined;
  readonly address?: NormalAddress | undefined;
  readonly optOut?: 'NONE' | 'ALL' | undefined;
  readonly status?: 'ACTIVE' | 'INACTIVE' | undefined;
  /** UTC ms; holds for a new endpoint only. */
  readonly createdAt?: number | undefined;
  readonly effectiveAt?: number | undefined;
  /** A key with an empty list clears its values and stays; keys not named are kept. */
  readonly attributes?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly metrics?: Readonly<Record<string, number>> | undefined;
  readonly demographic?: DemographicInput | undefined;
  readonly location?: LocationInput | undefined;
  readonly userId?: string | undefined;
  readonly userAttributes?: Readonly<Record<string, readonly string[]>> | undefined;
}

export interface UpsertRules {
  /** Said of an OptOut that this upsert sets, such as `import: people.csv`. */
  readonly source: string;
  /** The import these rows belong to. */
  readonly import?: number | undefined;
  /** Called once before an existing endpoint is written, so that an import can keep its before-image. */
  readonly beforeEndpoint?: (endpoint: number) => void;
  /** The same for an existing user whose attributes change. */
  readonly beforeUser?: (user: number) => void;
  /** By what the row finds its endpoint; default `auto`. */
  readonly match?: ImportMatch | undefined;
  /** False where the caller announces one range for a whole slice instead of every row. */
  readonly announce?: boolean;
}

export interface UpsertResult {
  readonly id: number;
  readonly outcome: 'new' | 'changed' | 'same';
}

/** How a row was recognised (design 4, "Import identity"). `several`: the person has more than one active endpoint of the channel; this is the newest. */
export interface EndpointMatch {
  readonly by: 'id' | 'alias' | 'address' | 'user' | 'several' | 'none';
  readonly id: number | undefined;
}

const byUid = 'select id from endpoint where app = ? and uid = ?';
const byAlias = 'select e.id, e.channel, e.address_key from endpoint_alias a join endpoint e on e.id = a.endpoint where a.app = ? and a.uid = ?';
const setAlias = 'insert into endpoint_alias (app, uid, endpoint) values (?, ?, ?) on conflict (app, uid) do update set endpoint = excluded.endpoint';
const inactiveByAddress = 'select id from endpoint where address_key = ? and channel = ? and active = 0 and (? or app = ?) order by id desc limit 1';

/**
 * Finds the endpoint a row speaks of: by its id, by an alias, then by the active holder of the address. A row without an id also finds an INACTIVE holder, or
 * the same file would double it each time; a row with an unknown id and status INACTIVE is a further, inactive endpoint of that address and matches nothing.
 * `match` says what else to go by (`importMatches`).
 */
export function matchEndpoint(db: ReadDb, input: Pick<EndpointInput, 'app' | 'id' | 'channel' | 'address' | 'status' | 'userId'>, match: ImportMatch = 'auto'): EndpointMatch {
  if (input.id !== undefined) {
    const known = db.prepare(byUid).get(input.app, input.id) as { id: number } | undefined;
    if (known) return { by: 'id', id: known.id };
    const alias = db.prepare(byAlias).get(input.app, input.id) as { id: number; channel: Channel; address_key: string } | undefined;
    // An alias stands for "the same address under another id"; once its maker reports another address it is somebody else.
    const moved = alias && input.address && (alias.address_key !== input.address.addressKey || alias.channel !== input.channel);
    if (alias && !moved) return { by: 'alias', id: alias.id };
    if (input.status === 'INACTIVE') return { by: 'none', id: undefined };
  }
  if (match === 'id' || input.address === undefined || input.channel === undefined) return { by: 'none', id: undefined };
  const workspaceWide = isWorkspaceWide(input.channel);
  if (match === 'user') return matchByUser(db, { ...input, channel: input.channel, address: input.address }, workspaceWide);
  const holder = activeHolder(db, { channel: input.channel, addressKey: input.address.addressKey, app: input.app, workspaceWide });
  if (holder !== undefined) return { by: 'address', id: holder };
  if (input.id === undefined) {
    const inactive = db.prepare(inactiveByAddress).get(input.address.addressKey, input.channel, Number(workspaceWide), input.app) as { id: number } | undefined;
    if (inactive) return { by: 'address', id: inactive.id };
  }
  return { by: 'none', id: undefined };
}

interface OfUser {
  readonly id: number;
  readonly address_key: string;
  readonly active: number;
}
const ofUser = 'select e.id, e.address_key, e.active from endpoint e join user u on u.id = e.user where u.user_id = ? and e.channel = ? and (? or e.app = ?) order by e.active desc, e.id desc';
const ofNobody = 'select id from endpoint where address_key = ? and channel = ? and user is null and (? or app = ?) order by active desc, id desc limit 1';

/** The person's endpoint of this channel: the one with this address, else their active one; else one of that address that is nobody's yet. */
function matchByUser(db: ReadDb, input: Pick<EndpointInput, 'app' | 'userId'> & { readonly channel: Channel; readonly address: NormalAddress }, workspaceWide: boolean): EndpointMatch {
  if (input.userId === undefined) return { by: 'none', id: undefined };
  const { addressKey } = input.address;
  const theirs = db.prepare(ofUser).all(input.userId, input.channel, Number(workspaceWide), input.app) as OfUser[];
  const same = theirs.find((endpoint) => endpoint.address_key === addressKey);
  if (same) return { by: 'user', id: same.id };
  const [newest, other] = theirs.filter(({ active }) => active === 1);
  if (newest) return { by: other ? 'several' : 'user', id: newest.id };
  const free = db.prepare(ofNobody).get(addressKey, input.channel, Number(workspaceWide), input.app) as { id: number } | undefined;
  return free ? { by: 'address', id: free.id } : { by: 'none', id: undefined };
}

/**
 * What the endpoint will be. Consent only tightens: OptOut ALL is taken with its source, NONE never clears one; an INACTIVE endpoint is not activated by a file
 * and keeps so until an operator or its app says otherwise. `last_seen_at` is never touched.
 */
export function mergeColumns(input: EndpointInput, rules: UpsertRules, now: number, uid: () => string, existing: EndpointColumns | undefined): EndpointColumns {
  if (input.address !== undefined && input.channel === undefined) throw new HeliographError('BAD_INPUT', { field: 'ChannelType', message: 'an address needs its channel' });
  const optsOut = input.optOut === 'ALL' && existing?.opt_out !== 1;
  const standard = input.demographic || input.location ? standardColumns(input.demographic, input.location) : {};
  if (existing) {
    return {
      ...existing,
      ...standard,
      // Addresses compare without case: the same one in another spelling is no change.
      ...(input.address && !sameAddress(existing, input) ? { channel: input.channel!, address: input.address.address, address_key: input.address.addressKey } : {}),
      active: input.status === 'INACTIVE' ? 0 : existing.active,
      ...(optsOut ? { opt_out: 1, opt_out_source: rules.source } : {}),
      attributes: mergeMap(existing.attributes, input.attributes),
      metrics: mergeMap(existing.metrics, input.metrics),
      effective_at: input.effectiveAt ?? existing.effective_at,
    };
  }
  if (input.address === undefined || input.channel === undefined) throw new HeliographError('BAD_INPUT', { field: 'Address', message: 'a new endpoint needs a channel and an address' });
  return {
    ...blank,
    ...standard,
    app: input.app,
    uid: input.id ?? uid(),
    channel: input.channel,
    address: input.address.address,
    address_key: input.address.addressKey,
    active: input.status === 'INACTIVE' ? 0 : 1,
    ...(optsOut ? { opt_out: 1, opt_out_source: rules.source } : {}),
    attributes: mergeMap('{}', input.attributes),
    metrics: mergeMap('{}', input.metrics),
    created_at: input.createdAt ?? now,
    updated_at: now,
    effective_at: input.effectiveAt ?? null,
    import: rules.import ?? null,
  };
}

const sameAddress = (existing: EndpointColumns, input: EndpointInput) => existing.channel === input.channel && existing.address_key === input.address?.addressKey;

const blank = {
  user: null,
  opt_out: 0,
  opt_out_source: null,
  app_version: null,
  locale: null,
  make: null,
  model: null,
  model_version: null,
  platform: null,
  platform_version: null,
  timezone: null,
  city: null,
  country: null,
  postal_code: null,
  region: null,
  latitude: null,
  longitude: null,
  last_seen_at: null,
} as const;

/**
 * Creates or updates one endpoint and its user from bulk data, as design 5 "Merging" and design 4 "Import identity" settle it:
 * partial (absent fields stay), user attributes shared through the UserId, one active endpoint per address, a new id on a known active address becomes that
 * endpoint's alias, and nothing here loosens consent. Throws `BAD_INPUT` for a new endpoint without channel and address.
 */
export function upsertEndpoint(db: WriteDb, input: EndpointInput, rules: UpsertRules): UpsertResult {
  const match = matchEndpoint(db, input, rules.match);
  const existing = match.id === undefined ? undefined : readEndpoint(db, match.id);
  let next = mergeColumns(input, rules, db.now, () => db.newUid(), existing);
  const user = mergeUser(db, { userId: input.userId, attributes: input.userAttributes, current: existing?.user ?? null }, rules);
  if (user.id !== next.user) next = { ...next, user: user.id };
  next = yieldAddress(db, match.id, existing, next, rules);
  // An id that found its endpoint by address is remembered, so that later rows and app calls with it arrive at the same one.
  if (match.by === 'address' && input.id !== undefined) db.prepare(setAlias).run(input.app, input.id, match.id!);

  if (match.id === undefined || !existing) {
    if (input.id !== undefined) db.prepare('delete from endpoint_alias where app = ? and uid = ?').run(input.app, input.id);
    const id = insertEndpoint(db, next);
    if (rules.announce !== false) db.changed('endpoint', id);
    return { id, outcome: 'new' };
  }
  if (endpointColumnNames.every((name) => existing[name] === next[name])) return { id: match.id, outcome: user.changed ? 'changed' : 'same' };
  rules.beforeEndpoint?.(match.id);
  keepOptOut(db, existing, next, { reason: 'imported', source: `opted out, then given another address by ${rules.source}` });
  writeEndpoint(db, match.id, { ...next, updated_at: db.now, import: rules.import ?? existing.import });
  if (rules.announce !== false) db.changed('endpoint', match.id);
  return { id: match.id, outcome: 'changed' };
}

/**
 * An endpoint that moves to an address held by another takes it over, as in Pinpoint (1.3): the other becomes INACTIVE. The other's OptOut goes with the address,
 * or moving an id would be a way round it. A new endpoint meets a holder only where rows are not found by their address.
 */
function yieldAddress(db: WriteDb, id: number | undefined, existing: EndpointColumns | undefined, next: EndpointColumns, rules: UpsertRules): EndpointColumns {
  const moved = existing === undefined ? rules.match === 'id' || rules.match === 'user' : existing.address_key !== next.address_key || existing.channel !== next.channel;
  if (!moved || next.active === 0) return next;
  const holder = activeHolder(db, { channel: next.channel, addressKey: next.address_key, app: next.app, workspaceWide: isWorkspaceWide(next.channel) }, id);
  if (holder === undefined) return next;
  const other = readEndpoint(db, holder)!;
  rules.beforeEndpoint?.(holder);
  writeEndpoint(db, holder, { ...other, active: 0, updated_at: db.now, import: rules.import ?? other.import });
  if (rules.announce !== false) db.changed('endpoint', holder);
  return other.opt_out === 1 && next.opt_out === 0 ? { ...next, opt_out: 1, opt_out_source: other.opt_out_source } : next;
}
