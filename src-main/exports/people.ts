import { demographicFields, type EndpointView, locationFields } from '../../src-preload/contract/endpoint.js';
import type { AudienceFilter } from '../../src-preload/contract/audience.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { endpointViewColumns, type EndpointViewRow, filterSql, toEndpointView } from '../audience/index.js';
import type { CsvCell } from '../platform/csv.js';
import { segmentCondition, segmentMembersSql } from '../segments/index.js';
import type { ReadDb } from '../store/db.js';
import { highestId } from '../store/highest-id.js';
import { type Sql, sql, sqlJoin } from '../store/sql.js';
import { type ExportSource, fileName } from './source.js';

/** Row ids per read: a page in memory, and a look at whether somebody gave up. */
const slice = 5_000;
/** More columns than this no spreadsheet and no importer takes (ours: 2,000). */
const maxColumns = 2_000;

/** People of the audience as the filter picks them, in the order they came. */
export function peopleSource(db: ReadDb, filter: AudienceFilter, asOf: number): ExportSource {
  const { where, suppressed } = filterSql(filter, { db, segment: segmentCondition, asOf });
  const onList = sql`exists (select 1 from suppressed d where d.channel = e.channel and d.address_key = e.address_key)`;
  const parts = [where, ...(suppressed === undefined ? [] : [suppressed ? onList : sql`not ${onList}`])];
  return endpointSource(db, 'People', (range) => sql`select e.id from endpoint e left join user u on u.id = e.user where ${sqlJoin(parts, sql` and `)} and ${range}`);
}

/** A segment's members now. Throws `NOT_FOUND`. */
export function segmentSource(db: ReadDb, uid: string, asOf: number): ExportSource {
  const segment = db.get<{ id: number; version: number; name: string }>(sql`select id, version, name from segment where uid = ${uid} and deleted_at is null`);
  if (!segment) throw new HeliographError('NOT_FOUND', { what: 'segment' });
  const members = segmentMembersSql(db, { segment: segment.id, version: segment.version }, asOf);
  return endpointSource(db, fileName(segment.name), (range) => sql`${members} and ${range}`);
}

type Row = EndpointViewRow & { readonly endpoint_id: number };

/** `pick` gives a select of endpoint ids for a range condition over `e.id`. Reads twice: once for the columns, which depend on everybody, once for the rows. */
function endpointSource(db: ReadDb, name: string, pick: (range: Sql) => Sql): ExportSource {
  const last = highestId(db, 'endpoint');
  function* views(): IterableIterator<EndpointView> {
    for (let from = 0; from < last; from += slice) {
      db.throwIfCancelled();
      const range = sql`e.id > ${from} and e.id <= ${from + slice}`;
      const rows = db.all<Row>(sql`select ${endpointViewColumns}, e.id as endpoint_id from endpoint e left join user u on u.id = e.user where e.id in (${pick(range)}) order by e.id`);
      for (const row of rows) yield toEndpointView(row);
    }
  }
  const shape = new Shape();
  let total = 0;
  for (const view of views()) {
    shape.add(view);
    total++;
  }
  return {
    name,
    header: shape.header(),
    total,
    *rows() {
      for (const view of views()) yield shape.cells(view);
    },
    records: views,
  };
}

const demographic = demographicFields.map((field) => `Demographic.${field}`);
const location = locationFields.map((field) => `Location.${field}`);

/**
 * Pinpoint's columns (pinpoint.md 2.2) for exactly the fields these people have. A name with several values is a column repeated, one value each, which is how Pinpoint's own
 * CSV writes lists.
 */
class Shape {
  readonly #attributes = new Map<string, number>();
  readonly #userAttributes = new Map<string, number>();
  readonly #metrics = new Set<string>();

  add(view: EndpointView): void {
    for (const [name, values] of Object.entries(view.Attributes)) widen(this.#attributes, name, values.length);
    for (const [name, values] of Object.entries(view.User.UserAttributes)) widen(this.#userAttributes, name, values.length);
    for (const name of Object.keys(view.Metrics)) this.#metrics.add(name);
  }
  header(): string[] {
    const repeat = (prefix: string, map: ReadonlyMap<string, number>) => [...map].flatMap(([name, times]) => Array.from({ length: times }, () => `${prefix}${name}`));
    const columns = [
      'Id', 'ChannelType', 'Address', 'EndpointStatus', 'OptOut', 'EffectiveDate', ...demographic, ...location, 'User.UserId',
      ...repeat('Attributes.', this.#attributes),
      ...[...this.#metrics].map((name) => `Metrics.${name}`),
      ...repeat('User.UserAttributes.', this.#userAttributes),
    ];
    if (columns.length > maxColumns) throw new HeliographError('FILE_TOO_WIDE', { columns: columns.length, limit: maxColumns });
    return columns;
  }
  cells(view: EndpointView): CsvCell[] {
    const cells: CsvCell[] = [view.Id, view.ChannelType, view.Address, view.EndpointStatus, view.OptOut, view.EffectiveDate];
    for (const field of demographicFields) cells.push(view.Demographic[field]);
    for (const field of locationFields) cells.push(view.Location[field]);
    cells.push(view.User.UserId);
    spread(cells, this.#attributes, view.Attributes);
    for (const name of this.#metrics) cells.push(view.Metrics[name]);
    spread(cells, this.#userAttributes, view.User.UserAttributes);
    return cells;
  }
}

function widen(map: Map<string, number>, name: string, times: number): void {
  if (times > (map.get(name) ?? 0)) map.set(name, times);
}

function spread(cells: CsvCell[], columns: ReadonlyMap<string, number>, values: EndpointView['Attributes']): void {
  for (const [name, times] of columns) for (let i = 0; i < times; i++) cells.push(values[name]?.[i]);
}
