import type { Channel } from '../../src-preload/contract/common.js';
import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import { type Sql, sql } from '../store/sql.js';

/** What `endpointViewColumns` selects. */
export interface EndpointViewRow {
  readonly uid: string;
  readonly channel: Channel;
  readonly address: string;
  readonly active: number;
  readonly opt_out: number;
  readonly created_at: number;
  readonly effective_at: number | null;
  readonly attributes: string;
  readonly metrics: string;
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
  readonly user_id: string | null;
  readonly user_attributes: string | null;
}

/**
 * The columns `toEndpointView` reads, for `select ${endpointViewColumns} from endpoint e left join user u on u.id = e.user`.
 * `e.id` is not among them: a caller that needs it selects it under a name of its own.
 */
export const endpointViewColumns: Sql = sql`e.uid, e.channel, e.address, e.active, e.opt_out, e.created_at, e.effective_at, e.attributes, e.metrics,
  e.app_version, e.locale, e.make, e.model, e.model_version, e.platform, e.platform_version, e.timezone,
  e.city, e.country, e.postal_code, e.region, e.latitude, e.longitude, u.user_id as user_id, u.attributes as user_attributes`;

const demographicColumns = [
  ['AppVersion', 'app_version'],
  ['Locale', 'locale'],
  ['Make', 'make'],
  ['Model', 'model'],
  ['ModelVersion', 'model_version'],
  ['Platform', 'platform'],
  ['PlatformVersion', 'platform_version'],
  ['Timezone', 'timezone'],
] as const;

/** A row in Pinpoint's own shape and names. Absent fields are absent, never null. */
export function toEndpointView(row: EndpointViewRow): EndpointView {
  const demographic: EndpointView['Demographic'] = {};
  for (const [name, column] of demographicColumns) {
    const value = row[column];
    if (value !== null) demographic[name] = value;
  }
  const location: EndpointView['Location'] = {};
  if (row.city !== null) location.City = row.city;
  if (row.country !== null) location.Country = row.country;
  if (row.postal_code !== null) location.PostalCode = row.postal_code;
  if (row.region !== null) location.Region = row.region;
  if (row.latitude !== null) location.Latitude = row.latitude;
  if (row.longitude !== null) location.Longitude = row.longitude;
  return {
    Id: row.uid,
    ChannelType: row.channel,
    Address: row.address,
    EndpointStatus: row.active === 1 ? 'ACTIVE' : 'INACTIVE',
    OptOut: row.opt_out === 1 ? 'ALL' : 'NONE',
    CreationDate: new Date(row.created_at).toISOString(),
    ...(row.effective_at === null ? {} : { EffectiveDate: new Date(row.effective_at).toISOString() }),
    Attributes: JSON.parse(row.attributes) as EndpointView['Attributes'],
    Metrics: JSON.parse(row.metrics) as EndpointView['Metrics'],
    Demographic: demographic,
    Location: location,
    User: {
      ...(row.user_id === null ? {} : { UserId: row.user_id }),
      UserAttributes: row.user_attributes === null ? {} : (JSON.parse(row.user_attributes) as EndpointView['Attributes']),
    },
  };
}
