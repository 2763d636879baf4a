import type { Channel } from '../../src-preload/contract/common.js';
import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { anyErased } from './erased.js';
import { returnErased } from './erased-return.js';

/** An `endpoint` row without its id: what a merge compares and writes. */
export interface EndpointColumns {
  readonly app: number;
  readonly uid: string;
  readonly channel: Channel;
  readonly address: string;
  readonly address_key: string;
  readonly user: number | null;
  readonly active: number;
  readonly opt_out: number;
  readonly opt_out_source: string | null;
  readonly app_version: string | null;
  readonly locale: string | null;
  readonly make: string | null;
  readonly model: string | null;
  readonly model_version: string | null;
  readonly platform: string | null;
  readonly platform_version: string | null;
  readonly timezone: string | null;
  readonly city: string | null;
  readonly country: string | null;
  readonly postal_code: string | null;
  readonly region: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** JSON text `{name: [value, ...]}`. */
  readonly attributes: string;
  /** JSON text `{name: number}`. */
  readonly metrics: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly effective_at: number | null;
  readonly last_seen_at: number | null;
  readonly import: number | null;
}

/** Every column but the id, in one order for reading, inserting and updating. `last_seen_at` is the person's own activity: only the collector moves it. */
export const endpointColumnNames = [
  'app',
  'uid',
  'channel',
  'address',
  'address_key',
  'user',
  'active',
  'opt_out',
  'opt_out_source',
  'app_version',
  'locale',
  'make',
  'model',
  'model_version',
  'platform',
  'platform_version',
  'timezone',
  'city',
  'country',
  'postal_code',
  'region',
  'latitude',
  'longitude',
  'attributes',
  'metrics',
  'created_at',
  'updated_at',
  'effective_at',
  'last_seen_at',
  'import',
] as const satisfies readonly (keyof EndpointColumns)[];

const quoted = endpointColumnNames.map((name) => `"${name}"`).join(', ');
const selectById = `select ${quoted} from endpoint where id = ?`;
const insertRow = `insert into endpoint (${quoted}) values (${endpointColumnNames.map(() => '?').join(', ')})`;
const insertRowWithId = `insert into endpoint (id, ${quoted}) values (?, ${endpointColumnNames.map(() => '?').join(', ')})`;
const updateRow = `update endpoint set ${endpointColumnNames.map((name) => `"${name}" = ?`).join(', ')} where id = ?`;

const valuesOf = (row: EndpointColumns) => endpointColumnNames.map((name) => row[name]);

export function readEndpoint(db: ReadDb, id: number): EndpointColumns | undefined {
  return db.prepare(selectById).get(id) as EndpointColumns | undefined;
}

/** Inserts a row; with `id` it takes back the place of a deleted one. Gives back the id. An address that was erased before is suppressed as it was. */
export function insertEndpoint(db: WriteDb, row: EndpointColumns, id?: number): number {
  returnErased(db, row);
  if (id === undefined) return Number(db.prepare(insertRow).run(...valuesOf(row)).lastInsertRowid);
  db.prepare(insertRowWithId).run(id, ...valuesOf(row));
  return id;
}

const addressById = 'select 1 from endpoint where id = ? and channel = ? and address_key = ?';

/** Writes a row whole. One that moves to an address that was erased before is suppressed there as it was. */
export function writeEndpoint(db: WriteDb, id: number, row: EndpointColumns): void {
  if (anyErased(db) && db.prepare(addressById).get(id, row.channel, row.address_key) === undefined) returnErased(db, row);
  db.prepare(updateRow).run(...valuesOf(row), id);
}

const holderInWorkspace = "select id from endpoint where channel = ? and address_key = ? and active = 1 and channel in ('EMAIL', 'SMS', 'VOICE') and id <> ?";
const holderInApp = "select id from endpoint where app = ? and channel = ? and address_key = ? and active = 1 and channel not in ('EMAIL', 'SMS', 'VOICE') and id <> ?";

/** The endpoint that holds an address now, other than `except`: in the workspace for e-mail and phone, in the app for tokens (design 4). */
export function activeHolder(db: ReadDb, at: { channel: Channel; addressKey: string; app: number; workspaceWide: boolean }, except = 0): number | undefined {
  const found = at.workspaceWide
    ? db.prepare(holderInWorkspace).get(at.channel, at.addressKey, except)
    : db.prepare(holderInApp).get(at.app, at.channel, at.addressKey, except);
  return (found as { id: number } | undefined)?.id;
}

const demographicColumn = {
  AppVersion: 'app_version',
  Locale: 'locale',
  Make: 'make',
  Model: 'model',
  ModelVersion: 'model_version',
  Platform: 'platform',
  PlatformVersion: 'platform_version',
  Timezone: 'timezone',
} as const satisfies Record<keyof EndpointView['Demographic'], keyof EndpointColumns>;

const locationColumn = {
  City: 'city',
  Country: 'country',
  PostalCode: 'postal_code',
  Region: 'region',
  Latitude: 'latitude',
  Longitude: 'longitude',
} as const satisfies Record<keyof EndpointView['Location'], keyof EndpointColumns>;

/** A standard field of an endpoint: its Pinpoint name, where an input carries it, and its column. */
export interface StandardColumn {
  readonly name: string;
  readonly group: 'demographic' | 'location';
  readonly field: string;
  readonly column: string;
  readonly type: 'text' | 'real';
  of(input: { readonly demographic?: DemographicInput | undefined; readonly location?: LocationInput | undefined }): string | number | null | undefined;
}

export const standardFields: readonly StandardColumn[] = [
  ...Object.entries(demographicColumn).map(
    ([field, column]): StandardColumn => ({
      name: `Demographic.${field}`,
      group: 'demographic',
      field,
      column,
      type: 'text',
      of: ({ demographic }) => demographic?.[field as keyof DemographicInput],
    }),
  ),
  ...Object.entries(locationColumn).map(
    ([field, column]): StandardColumn => ({
      name: `Location.${field}`,
      group: 'location',
      field,
      column,
      type: column === 'latitude' || column === 'longitude' ? 'real' : 'text',
      of: ({ location }) => location?.[field as keyof LocationInput],
    }),
  ),
];

type Nullable<T> = { readonly [K in keyof T]?: T[K] | null };
export type DemographicInput = Nullable<EndpointView['Demographic']>;
export type LocationInput = Nullable<EndpointView['Location']>;

/** The columns a partial Demographic and Location set: absent fields are kept (absent here), null clears. */
export function standardColumns(demographic: DemographicInput = {}, location: LocationInput = {}): Partial<EndpointColumns> {
  const set: Partial<Record<keyof EndpointColumns, string | number | null>> = {};
  for (const [name, column] of Object.entries(demographicColumn)) {
    const value = demographic[name as keyof DemographicInput];
    if (value !== undefined) set[column] = value;
  }
  for (const [name, column] of Object.entries(locationColumn)) {
    const value = location[name as keyof LocationInput];
    if (value !== undefined) set[column] = value;
  }
  return set as Partial<EndpointColumns>;
}
