import { DateTime } from 'luxon';
import type { AudienceCount } from '../../src-preload/contract/common.js';
import type { SegmentSize } from '../../src-preload/contract/segment-views.js';
import { readSettings } from '../settings/index.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { liveSegments, requireSegment, segmentById, segmentByUid } from './segment.rows.js';

/** Days given out: more than a year, so that a season can be compared with the one before. */
const shownDays = 400;

function dayOf(db: ReadDb, at: number): string {
  return DateTime.fromMillis(at, { zone: readSettings(db).reportingZone }).toISODate()!;
}

/** Keeps what was counted just now as this day's size of a segment, in place of an earlier count of the day. */
export function keepSize(db: WriteDb, segment: number, { people, addresses }: AudienceCount): void {
  db.run(sql`insert into segment_size (segment, day, at, people, addresses) values (${segment}, ${dayOf(db, db.now)}, ${db.now}, ${people}, ${addresses})
    on conflict (segment, day) do update set at = excluded.at, people = excluded.people, addresses = excluded.addresses`);
  db.changed('segment_size', segment);
}

/** `keepSize` for a run whose recipients were fixed; nothing where rules or list were changed since the launch: that size is not of the segment as it is. */
export function keepSizeOfRun(db: WriteDb, segment: { readonly id: number; readonly version: number }, count: AudienceCount): void {
  if (segmentById(db, segment.id)?.version === segment.version) keepSize(db, segment.id, count);
}

/** `keepSize` for a segment by its uid; passes over one that was deleted while it was counted. */
export function recordSize(db: WriteDb, { uid, ...count }: AudienceCount & { readonly uid: string }): void {
  const row = segmentByUid(db, uid);
  if (row?.deleted_at === null) keepSize(db, row.id, count);
}

/** Live segments that were not counted yet on the day of `now`. */
export function uncounted(db: ReadDb, { now }: { readonly now: number }): string[] {
  const day = dayOf(db, now);
  return liveSegments(db, sql`not exists (select 1 from segment_size z where z.segment = segment.id and z.day = ${day})`).map(({ uid }) => uid);
}

/** The size of a segment on each day it was counted on, oldest first, the last 400 of them. Throws `NOT_FOUND`. */
export function sizes(db: ReadDb, { uid }: { readonly uid: string }): SegmentSize[] {
  const { id } = requireSegment(db, uid);
  return db.all<SegmentSize>(sql`select day, at, people, addresses from (select * from segment_size where segment = ${id} order by day desc limit ${shownDays}) order by day`);
}
