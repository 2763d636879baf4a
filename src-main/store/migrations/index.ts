import type BetterSqlite3 from 'better-sqlite3';
import { initial } from './0001-initial.js';
import { sentAddress } from './0002-sent-address.js';
import { importReplaces } from './0003-import-replaces.js';
import { eventTypes } from './0004-event-types.js';
import { engagementRest } from './0005-engagement-rest.js';
import { replyAddress } from './0006-reply-address.js';
import { segmentSize } from './0009-segment-size.js';

/**
 * One step of the schema. Numbers rise by one; a step that has been released is never edited. docs/how-to-add.md tells how to add one,
 * and test/migrations/ has a test for each.
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: (db: BetterSqlite3.Database) => void;
}

/** Holds a number for a step of a branch that is not merged yet; the merge puts the step in its place. */
const reserved = (version: number): Migration => ({ version, name: 'reserved', up: () => undefined });

export const migrations: readonly Migration[] = [initial, sentAddress, importReplaces, eventTypes, engagementRest, replyAddress, reserved(7), reserved(8), segmentSize];
export const schemaVersion = migrations.length;
