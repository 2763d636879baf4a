import { type Channel, channels } from '../../../src-preload/contract/common.js';
import { demographicFields } from '../../../src-preload/contract/endpoint.js';
import { type ImportFormat, importLimits, type ImportField, type ImportWarning, type RejectReason } from '../../../src-preload/contract/import.js';
import { isTimeZone } from '../../../src-preload/contract/settings.js';
import { normaliseAddress } from '../address.js';
import type { EndpointInput } from '../upsert.js';
import { toCountry } from './countries.js';
import { createHygiene } from './hygiene.js';
import { parseCoordinate, parseNumber } from './numbers.js';
import type { MappingPlan, NamedColumns } from './mapping.js';
import type { Cell, RawRecord } from './record.js';

/** What one address of a row says: an upsert without its app, and its consent, which only ever tightens. */
export interface Part {
  readonly input: Omit<EndpointInput, 'app'>;
  readonly suppress: boolean;
  /** The file says that this address may be written to; against a standing opt-out that is refused and counted. */
  readonly claimsConsent: boolean;
}

/** Why a cell is not taken. `column` is its position; absent where the whole row is meant. */
export interface Refusal {
  readonly reason: RejectReason;
  readonly column?: number;
}

export interface MappedRow {
  readonly parts: readonly Part[];
  readonly refused: readonly Refusal[];
}

export interface RowRules {
  readonly defaultCountry: string;
  readonly decimal: ImportFormat['decimal'];
  readonly warn: (code: ImportWarning['code'], row: number, column: number, example?: string) => void;
}

const refuse = (reason: RejectReason, column?: number): { refused: readonly Refusal[]; parts: readonly Part[] } => ({
  parts: [],
  refused: [{ reason, ...(column === undefined ? {} : { column }) }],
});

/** Thrown inside one row only, where a cell cannot be taken. */
class CellRefused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.reason);
  }
}

const isoDate = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/i;
const no =
  /^(?:no|n|false|f|0|off|never|none|nein|non|-|null|(?:un|non)[- ]?subscribed|unsubscribe|opted[ -_]?out|optout|opt-out|out|inactive|cleaned|bounced|archived|denied|rejected|withdrawn|abgemeldet)$/i;
const notUnsubscribed = /^(?:no|n|false|f|0|off|never|none|nein|non|-|null|subscribed|opted[ -_]?in|optin|opt-in|in|active|confirmed)$/i;
const yes =
  /^(?:yes|y|true|t|1|on|x|ja|oui|si|sí|all|unsubscribed|unsubscribe|opted[ -_]?out|optout|opt-out|out|abgemeldet|\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*)$/i;
const subscribedYes =
  /^(?:yes|y|true|t|1|on|x|ja|oui|si|sí|all|(?:re)?subscribed|opted[ -_]?in|optin|opt-in|in|active|confirmed|pending|unconfirmed|\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*)$/i;

/** The apostrophe by which spreadsheets and shops (Shopify's customer export) keep a number a text. It is no part of the number. */
const asText = /^'[+=@-]?\d[\d ().,-]*$/;
const ascii = /^[\x01-\x7f]*$/;

const control = /\p{Cc}/u;
const noId = /[\p{Cc}${}]/u;

/** Nearly every cell: short printable ASCII without outer blanks. It spares two patterns a cell, a sixth of what a row costs to map (2026-11-24, CPU profile). */
function isPlain(text: string): boolean {
  const { length } = text;
  if (length === 0) return true;
  if (length > 100 || text.charCodeAt(0) === 39) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 126 || code < 32) return false;
  }
  return text.charCodeAt(0) !== 32 && text.charCodeAt(length - 1) !== 32;
}

/** A cell's text: without outer blanks, in NFC. Refuses NUL, lone surrogates and values past the limit; control characters inside an address are the address's own check. */
function clean(raw: string, column: number): string {
  if (isPlain(raw)) return raw;
  const trimmed = raw.trim();
  const text = asText.test(trimmed) ? trimmed.slice(1) : trimmed;
  if (text.length > importLimits.valueLength) throw new CellRefused({ reason: 'value_too_long', column });
  if (ascii.test(text)) return text;
  if (text.includes('\0') || !text.isWellFormed()) throw new CellRefused({ reason: 'control_character', column });
  return text.normalize('NFC');
}

/** `2026-01-31T12:34:56.789Z` up to the 28th, as programs write it; anything else takes the long way. */
function plainInstant(text: string): number | undefined {
  if (text.length !== 24 || text.charCodeAt(23) !== 90 || text.charCodeAt(10) !== 84) return undefined;
  const at = (from: number, to: number): number => {
    let value = 0;
    for (let i = from; i < to; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) return Number.NaN;
      value = value * 10 + digit;
    }
    return value;
  };
  const [year, month, day, hour, minute, second, ms] = [at(0, 4), at(5, 7), at(8, 10), at(11, 13), at(14, 16), at(17, 19), at(20, 23)];
  const points = text.charCodeAt(4) === 45 && text.charCodeAt(7) === 45 && text.charCodeAt(13) === 58 && text.charCodeAt(16) === 58 && text.charCodeAt(19) === 46;
  if (!points || !(year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour <= 23 && minute <= 59 && second <= 59 && ms <= 999)) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

/** Sets a property of the row's own whatever its name, `__proto__` included: names come from strangers' files. */
function setOwn<T>(of: Record<string, T>, name: string, value: T): void {
  if (name === '__proto__') Object.defineProperty(of, name, { value, enumerable: true, configurable: true, writable: true });
  else of[name] = value;
}

/** Turns records into upserts by a plan, made once per file. A row that cannot be taken comes back with its reason; other rows go on. */
export function createRowMapper(plan: MappingPlan, rules: RowRules): (record: RawRecord) => MappedRow {
  const at = (field: ImportField) => plan.fields.get(field) ?? -1;
  const index = {
    id: at('Id'),
    channel: at('ChannelType'),
    optOut: at('OptOut'),
    status: at('EndpointStatus'),
    effective: at('EffectiveDate'),
    userId: at('User.UserId'),
    country: at('Location.Country'),
    latitude: at('Location.Latitude'),
    longitude: at('Location.Longitude'),
  };
  const demographic = demographicFields.flatMap((field) => (at(`Demographic.${field}`) < 0 ? [] : [[field, at(`Demographic.${field}`)] as const]));
  const places = (['City', 'PostalCode', 'Region'] as const).flatMap((field) =>
    at(`Location.${field}`) < 0 ? [] : [[field, at(`Location.${field}`)] as const],
  );
  const hasLocation = places.length > 0 || index.country >= 0 || index.latitude >= 0 || index.longitude >= 0;
  const zones = new Map<string, boolean>();
  const hygiene = createHygiene();
  const silent = plan.unsubscribed.length === 0 && plan.subscribed.length === 0;
  const noWord = { suppress: false, claims: false };
  const usualRules = { defaultCountry: rules.defaultCountry };

  const text = (cells: readonly Cell[], column: number): string => {
    if (column < 0) return '';
    const cell = cells[column];
    return cell === undefined ? '' : clean(typeof cell === 'string' ? cell : (cell[0] ?? ''), column);
  };

  function values(cells: readonly Cell[], of: readonly NamedColumns[]): Record<string, readonly string[]> | undefined {
    let found: Record<string, readonly string[]> | undefined;
    for (const { name, columns } of of) {
      let list: string[] | undefined;
      for (const { index: column, splitOn } of columns) {
        const cell = cells[column];
        if (cell === undefined) continue;
        if (typeof cell === 'string' && splitOn === undefined) {
          const value = clean(cell, column);
          if (value !== '') (list ??= []).push(value);
          continue;
        }
        // An empty JSON list clears the values (pinpoint.md 1.3); an empty cell says nothing.
        if (typeof cell !== 'string') list ??= [];
        for (const piece of typeof cell === 'string' ? cell.split(splitOn!) : cell) {
          const value = clean(piece, column);
          if (value !== '') (list ??= []).push(value);
        }
      }
      if (list) setOwn((found ??= {}), name, list);
    }
    return found;
  }

  function number(cells: readonly Cell[], column: number): number | undefined {
    const cell = text(cells, column);
    if (cell === '') return undefined;
    const value = parseNumber(cell, rules.decimal);
    if (!Number.isFinite(value)) throw new CellRefused({ reason: 'bad_number', column });
    return value;
  }

  function metrics(cells: readonly Cell[]): Record<string, number> | undefined {
    let found: Record<string, number> | undefined;
    for (const { name, index: column } of plan.metrics) {
      const value = number(cells, column);
      if (value !== undefined) setOwn((found ??= {}), name, value);
    }
    return found;
  }

  function coordinate(cells: readonly Cell[], column: number, limit: number): number | undefined {
    const cell = text(cells, column);
    if (cell === '') return undefined;
    const value = parseCoordinate(cell);
    if (!(Math.abs(value) <= limit)) throw new CellRefused({ reason: 'bad_number', column });
    return value;
  }

  function instant(cells: readonly Cell[], column: number): number | undefined {
    const cell = text(cells, column);
    if (cell === '') return undefined;
    const plain = plainInstant(cell);
    if (plain !== undefined) return plain;
    const match = isoDate.exec(cell);
    const zoned = match && cell.length > 10 && match[1] === undefined ? `${cell}Z` : cell;
    const ms = match ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
    if (Number.isNaN(ms)) throw new CellRefused({ reason: 'bad_date', column });
    return ms;
  }

  function country(cells: readonly Cell[], row: number): string | undefined {
    const cell = text(cells, index.country);
    if (cell === '') return undefined;
    const found = toCountry(cell);
    if (!found) rules.warn('country_unknown', row, index.country);
    else if (found.converted) rules.warn('country_converted', row, index.country);
    return found?.code ?? cell;
  }

  function channelOf(cells: readonly Cell[]): Channel | undefined {
    const cell = text(cells, index.channel).toUpperCase();
    if (cell === '') return undefined;
    const name = cell === 'FCM' ? 'GCM' : cell;
    if (!(channels as readonly string[]).includes(name)) throw new CellRefused({ reason: 'unknown_channel', column: index.channel });
    return name as Channel;
  }

  function choice<A extends string, B extends string>(cells: readonly Cell[], column: number, a: A, b: B, reason: RejectReason): A | B | undefined {
    if (column < 0) return undefined;
    const cell = text(cells, column).toUpperCase();
    if (cell === '') return undefined;
    if (cell !== a && cell !== b) throw new CellRefused({ reason, column });
    return cell as A | B;
  }

  /** Whether the row unsubscribes, and whether it claims the contrary. What is unclear unsubscribes: that can be lifted, a message cannot be taken back. */
  function consent(cells: readonly Cell[], row: number, channel?: Channel): { suppress: boolean; claims: boolean } {
    if (silent) return noWord;
    let suppress = false;
    let claims = false;
    // A row that names no channel speaks of whatever its id stands for.
    const concerns = (of: Channel | undefined) => of === undefined || channel === undefined || of === channel;
    for (const { index: column, channel: of } of plan.unsubscribed) {
      if (!concerns(of)) continue;
      const cell = text(cells, column);
      if (cell === '') continue;
      if (notUnsubscribed.test(cell)) claims = true;
      else {
        suppress = true;
        if (!yes.test(cell)) rules.warn('unclear_unsubscribe', row, column);
      }
    }
    for (const { index: column, channel: of } of plan.subscribed) {
      if (!concerns(of)) continue;
      const cell = text(cells, column);
      if (cell === '') continue;
      if (subscribedYes.test(cell)) claims = true;
      else {
        suppress = true;
        if (!no.test(cell)) rules.warn('unclear_unsubscribe', row, column);
      }
    }
    return { suppress, claims };
  }

  function shared(cells: readonly Cell[], row: number): Omit<EndpointInput, 'app' | 'id' | 'channel' | 'address'> {
    const demographicValues: Record<string, string> = {};
    for (const [field, column] of demographic) {
      const value = text(cells, column);
      if (value === '') continue;
      if (field === 'Timezone') {
        if (!zones.has(value)) zones.set(value, isTimeZone(value));
        if (zones.get(value) === false) rules.warn('timezone_unknown', row, column);
        if (zones.size > 1000) zones.clear();
      }
      demographicValues[field] = value;
    }
    const location: { [K in 'City' | 'PostalCode' | 'Region' | 'Country']?: string } & { Latitude?: number; Longitude?: number } = {};
    if (hasLocation) {
      for (const [field, column] of places) {
        const value = text(cells, column);
        if (value !== '') location[field] = value;
      }
      location.Country = country(cells, row);
      location.Latitude = coordinate(cells, index.latitude, 90);
      location.Longitude = coordinate(cells, index.longitude, 180);
    }
    return {
      optOut: choice(cells, index.optOut, 'ALL', 'NONE', 'bad_opt_out'),
      status: choice(cells, index.status, 'ACTIVE', 'INACTIVE', 'bad_status'),
      effectiveAt: instant(cells, index.effective),
      attributes: values(cells, plan.attributes),
      metrics: metrics(cells),
      demographic: demographic.length > 0 ? demographicValues : undefined,
      location: hasLocation ? location : undefined,
      userId: userId(cells),
      userAttributes: values(cells, plan.userAttributes),
    };
  }

  function userId(cells: readonly Cell[]): string | undefined {
    const cell = text(cells, index.userId);
    if (cell.length > 1024 || control.test(cell)) throw new CellRefused({ reason: 'bad_id', column: index.userId });
    return cell === '' ? undefined : cell;
  }

  function usersOf(cells: readonly Cell[], row: number): MappedRow {
    const cell = userId(cells);
    if (cell === undefined) return refuse('bad_id', index.userId);
    const ids = [...new Set(cell.split(/\s+/))];
    if (ids.length > 1) rules.warn('several_user_ids', row, index.userId);
    const { suppress, claims } = consent(cells, row);
    const userAttributes = values(cells, plan.userAttributes);
    return { parts: ids.map((id) => ({ input: { userId: id, userAttributes }, suppress, claimsConsent: claims })), refused: [] };
  }

  function map(record: RawRecord): MappedRow {
    const { cells, row } = record;
    if (record.problem) return refuse(record.problem);
    if (plan.userList) return usersOf(cells, row);
    const id = text(cells, index.id);
    if (id.length > 1024 || noId.test(id)) return refuse('bad_id', index.id);
    const rest = shared(cells, row);
    const claimed = rest.optOut === 'NONE' || rest.status === 'ACTIVE';
    const rowCountry = rest.location?.Country ?? undefined;
    const addressRules = rowCountry !== undefined && rowCountry.length === 2 ? { defaultCountry: rowCountry } : usualRules;
    const parts: Part[] = [];
    const refused: Refusal[] = [];
    const rowChannel = index.channel >= 0 ? channelOf(cells) : undefined;
    for (const { index: column, channel: fixed } of plan.addresses) {
      const cell = cells[column];
      const given = (cell === undefined ? '' : typeof cell === 'string' ? cell : (cell[0] ?? '')).trim();
      const raw = asText.test(given) ? given.slice(1) : given;
      if (raw === '') continue;
      const channel = fixed ?? rowChannel;
      if (channel === undefined) return refuse('channel_missing', index.channel);
      const address = normaliseAddress(channel, raw, addressRules);
      if ('problem' in address) {
        refused.push({ reason: address.problem, column });
        continue;
      }
      if ((channel === 'SMS' || channel === 'VOICE') && !/^[+＋]/.test(raw)) rules.warn('phone_without_plus', row, column);
      const odd = channel === 'EMAIL' ? hygiene(address.addressKey) : undefined;
      if (odd) rules.warn(odd.code, row, column, odd.example);
      const { suppress, claims } = consent(cells, row, channel);
      // Written out rather than spread, so that all rows have one shape.
      const input = {
        id: id === '' ? undefined : id,
        channel,
        address,
        optOut: rest.optOut,
        status: rest.status,
        effectiveAt: rest.effectiveAt,
        attributes: rest.attributes,
        metrics: rest.metrics,
        demographic: rest.demographic,
        location: rest.location,
        userId: rest.userId,
        userAttributes: rest.userAttributes,
      };
      parts.push({ input, suppress, claimsConsent: claims || claimed });
    }
    if (parts.length > 0 || refused.length > 0) return { parts, refused };
    // A row with an Id and no address updates what is known under it (pinpoint.md 2.2).
    if (id === '') return refuse('address_missing', plan.addresses[0]?.index);
    const { suppress, claims } = consent(cells, row);
    return { parts: [{ input: { id, ...rest }, suppress, claimsConsent: claims || claimed }], refused: [] };
  }

  return (record) => {
    try {
      return map(record);
    } catch (error) {
      if (error instanceof CellRefused) return { parts: [], refused: [error.refusal] };
      throw error;
    }
  };
}
