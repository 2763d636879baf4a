import type BetterSqlite3 from 'better-sqlite3';
import { initial } from './0001-initial.js';
import { sentAddress } from './0002-sent-address.js';
import { importReplaces } from './0003-import-replaces.js';
import { eventTypes } from './0004-event-types.js';
import { engagementRest } from './0005-engagement-rest.js';
import { replyAddress } from './0006-reply-address.js';
import { topics } from './0007-topics.js';
import { clickDays } from './0008-click-days.js';
import { reached } from './0009-reached.js';
import { segmentSize } from './0010-segment-size.js';
import { erasure } from './0011-erasure.js';

/**
 * One step of the schema. Numbers rise by one; a step that has been released is never edited. docs/how-to-add.md tells how to add one,
 * and test/migrations/ has a test for each.
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: (db: BetterSqlite3.Database) => void;
}

export const migrations: readonly Migration[] = [initial, sentAddress, importReplaces, eventTypes, engagementRest, replyAddress, topics, clickDays, reached, segmentSize, erasure];
export const schemaVersion = migrations.length;
