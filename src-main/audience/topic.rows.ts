import type { TopicDefault } from '../../src-preload/contract/topic.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';

export interface TopicRow {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly description: string;
  readonly consent: TopicDefault;
  readonly created_at: number;
  readonly archived_at: number | null;
}

const columns = sql`id, uid, name, description, consent, created_at, archived_at`;

/** Undefined where there is none; an archived one is found too. */
export function findTopic(db: ReadDb, uid: string): TopicRow | undefined {
  return db.get<TopicRow>(sql`select ${columns} from topic where uid = ${uid}`);
}

/** Throws `NOT_FOUND`. */
export function topicByUid(db: ReadDb, uid: string): TopicRow {
  const row = findTopic(db, uid);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'topic' });
  return row;
}

/** Undefined where there is none. */
export function topicById(db: ReadDb, id: number): TopicRow | undefined {
  return db.get<TopicRow>(sql`select ${columns} from topic where id = ${id}`);
}

/** Topics that are in use, by name. */
export function openTopics(db: ReadDb): TopicRow[] {
  return db.all<TopicRow>(sql`select ${columns} from topic where archived_at is null order by name collate nocase, id`);
}
