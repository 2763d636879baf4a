import { type TopicDefault, type TopicInput, topicLimit, type TopicNames, type TopicView } from '../../src-preload/contract/topic.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { openTopics, topicByUid } from './topic.rows.js';

export interface TopicUid {
  readonly uid: string;
}

function assertFree(db: ReadDb, name: string, except?: string): void {
  if (openTopics(db).some((topic) => topic.uid !== except && topic.name.toLowerCase() === name.toLowerCase())) {
    throw new HeliographError('BAD_INPUT', { field: 'name', message: 'another topic has this name' });
  }
}

/** Makes a topic. Nobody has said anything about it yet. Throws `BAD_INPUT` for a name that is taken, and above `topicLimit` topics. */
export function createTopic(db: WriteDb, input: TopicInput): TopicUid {
  assertFree(db, input.name);
  assertRoom(db);
  const uid = db.newUid();
  const { lastId } = db.run(sql`insert into topic (uid, name, description, consent, created_at, updated_at)
    values (${uid}, ${input.name}, ${input.description}, ${input.default}, ${db.now}, ${db.now})`);
  db.changed('topic', lastId);
  db.audit('topic.created', `topic:${uid}`, { default: input.default });
  return { uid };
}

function assertRoom(db: ReadDb): void {
  if (openTopics(db).length >= topicLimit) throw new HeliographError('BAD_INPUT', { field: 'name', message: `at most ${topicLimit} topics` });
}

/** Changes what a topic is called and how it is described. What people said about it stays. Throws `NOT_FOUND`, `BAD_INPUT` for a name that is taken. */
export function renameTopic(db: WriteDb, input: TopicUid & TopicNames): void {
  const topic = topicByUid(db, input.uid);
  if (topic.archived_at === null) assertFree(db, input.name, topic.uid);
  if (topic.name === input.name && topic.description === input.description) return;
  db.run(sql`update topic set name = ${input.name}, description = ${input.description}, updated_at = ${db.now} where id = ${topic.id}`);
  db.changed('topic', topic.id);
  db.audit('topic.renamed', `topic:${topic.uid}`);
}

/** Puts a topic away: no new campaign can name it and no page offers it. Runs that go out for it keep to it. Throws `NOT_FOUND`. */
export function archiveTopic(db: WriteDb, input: TopicUid): void {
  setArchived(db, input.uid, db.now);
}

/** Takes a topic out again, with everything people said. Throws `NOT_FOUND`, `BAD_INPUT` where another has its name now. */
export function unarchiveTopic(db: WriteDb, input: TopicUid): void {
  const topic = topicByUid(db, input.uid);
  if (topic.archived_at === null) return;
  assertFree(db, topic.name);
  assertRoom(db);
  setArchived(db, input.uid, null);
}

function setArchived(db: WriteDb, uid: string, at: number | null): void {
  const topic = topicByUid(db, uid);
  if ((topic.archived_at === null) === (at === null)) return;
  db.run(sql`update topic set archived_at = ${at}, updated_at = ${db.now} where id = ${topic.id}`);
  db.changed('topic', topic.id);
  db.audit(at === null ? 'topic.unarchived' : 'topic.archived', `topic:${uid}`);
}

interface ViewRow extends TopicNames {
  readonly uid: string;
  readonly default: TopicDefault;
  readonly created_at: number;
  readonly archived_at: number | null;
  readonly given: number;
  readonly withdrawn: number;
  readonly requested: number;
  readonly uses: number;
}

/** All topics by name, those put away last, each with how many addresses said what. A pass over everything that was said: about 0.1 s at a million. */
export function listTopics(db: ReadDb, _input: undefined): TopicView[] {
  return db
    .all<ViewRow>(
      sql`select t.uid, t.name, t.description, t.consent as "default", t.created_at, t.archived_at,
          coalesce(n.given, 0) as given, coalesce(n.withdrawn, 0) as withdrawn, coalesce(n.requested, 0) as requested,
          (select count(*) from campaign c where c.state = 'draft' and c.deleted_at is null and c.draft ->> '$.topic' = t.uid)
            + (select count(*) from run r where r.topic = t.id and r.state not in ('stopped', 'done')) as uses
        from topic t left join (select topic, sum(state = 'given') as given, sum(state = 'withdrawn') as withdrawn, sum(request is not null) as requested from topic_state group by topic) n on n.topic = t.id
        order by t.archived_at is not null, t.name collate nocase, t.id`,
    )
    .map(({ created_at, archived_at, ...row }) => ({ ...row, createdAt: created_at, ...(archived_at === null ? {} : { archivedAt: archived_at }) }));
}
