import type { CampaignDraft, ReviewCheck, TreatmentMessage } from '../../src-preload/contract/campaign.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { type EmailContent, emailContent } from '../../src-preload/contract/template.js';
import { findTopic } from '../audience/index.js';
import { readSettings } from '../settings/index.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { type CampaignRow, parseDraft } from './campaign.rows.js';
import type { PinnedCampaign } from './pinned.js';

/** A treatment's content as of now, and the template version it is from. */
export interface ResolvedMessage {
  readonly content: EmailContent;
  readonly template: { readonly uid: string; readonly version: number } | null;
}

/** The content a treatment stands for, or undefined when its template (or that version) is gone. */
export function resolveMessage(db: ReadDb, message: TreatmentMessage): ResolvedMessage | undefined {
  if (message.kind === 'inline') return { content: message.content, template: null };
  const row = db.get<{ version: number; content: string }>(sql`
    select v.version, v.content from template t join template_version v on v.template = t.id and v.version = coalesce(${message.version}, t.version)
    where t.uid = ${message.template} and t.deleted_at is null`);
  if (!row) return undefined;
  return { content: emailContent.parse(JSON.parse(row.content)), template: { uid: message.template, version: row.version } };
}

export interface ConnectionFacts {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly provider: string;
  readonly verified_at: number | null;
  readonly last_error: string | null;
  readonly per_second: number | null;
  /** The domain that messages are signed for, and whether its key was last found in DNS (null: nobody looked). */
  readonly dkim_domain: string | null;
  readonly dkim_confirmed: 0 | 1 | null;
}

/** What a campaign has to know of its connection; channels are above this module, so it reads the row itself. */
export function connectionFacts(db: ReadDb, uid: string): ConnectionFacts | undefined {
  return db.get<ConnectionFacts>(sql`select id, uid, name, provider, verified_at, last_error,
    config ->> '$.messagesPerSecond' as per_second, config ->> '$.dkim.domain' as dkim_domain, config ->> '$.dkim.confirmed' as dkim_confirmed from connection where uid = ${uid} and channel = 'EMAIL' and deleted_at is null`);
}

export function segmentOf(db: ReadDb, uid: string): { id: number; uid: string; version: number; name: string } | undefined {
  return db.get(sql`select id, uid, version, name from segment where uid = ${uid} and deleted_at is null`);
}

/** Whether links of a connection of this provider can be tracked now. */
export type Tracks = (provider: string) => boolean;

function notReady(check: ReviewCheck['id']): HeliographError {
  return new HeliographError('CAMPAIGN_NOT_READY', { check, count: 1 });
}

/**
 * Pins what a run will use: the draft, the content and version of each treatment, the version of the segment, the connection, the postal address. Throws
 * `CAMPAIGN_NOT_READY` {check} for a draft that lacks one of them. What cannot be tracked is not pinned as tracked, so that no report counts it as zero. The same content again is the same version.
 */
export function pinCampaign(db: WriteDb, row: CampaignRow, kind: 'campaign' | 'test', tracks: Tracks = () => true): { version: number; pinned: PinnedCampaign } {
  const pinned = pinnedFrom(db, parseDraft(row), kind, tracks);
  return { version: storePinned(db, row.id, pinned), pinned };
}

/** What `pinCampaign` would pin now, without storing it. Throws the same. */
export function pinnedDraft(db: ReadDb, row: CampaignRow, kind: 'campaign' | 'test'): PinnedCampaign {
  return pinnedFrom(db, parseDraft(row), kind, () => true);
}

function storePinned(db: WriteDb, campaign: number, pinned: PinnedCampaign): number {
  const content = JSON.stringify(pinned);
  const last = db.get<{ version: number; content: string }>(sql`select version, content from campaign_version where campaign = ${campaign} order by version desc limit 1`);
  if (last?.content === content) return last.version;
  const version = (last?.version ?? 0) + 1;
  db.run(sql`insert into campaign_version (campaign, version, content, created_at, actor) values (${campaign}, ${version}, ${content}, ${db.now}, ${JSON.stringify(db.actor)})`);
  db.run(sql`update campaign set version = ${version} where id = ${campaign}`);
  return version;
}

/**
 * The imported segment that was pinned, where an import has put other people in its place since, with its newest version. A list's versions only number its lists: just the
 * newest has members, so an older one cannot be sent to any more. Undefined: nothing was replaced.
 */
export function replacedList(db: ReadDb, { segment }: Pick<PinnedCampaign, 'segment'>): { readonly name: string; readonly version: number } | undefined {
  if (segment === null) return undefined;
  return db.get(sql`select name, version from segment where id = ${segment.id} and kind = 'imported' and version <> ${segment.version}`);
}

/** Pins the newest people of a replaced list, everything else as it was. Gives the campaign's version that says so. */
export function pinNewestList(db: WriteDb, campaign: number, pinned: PinnedCampaign): number {
  const list = replacedList(db, pinned);
  return storePinned(db, campaign, pinned.segment && list ? { ...pinned, segment: { ...pinned.segment, version: list.version } } : pinned);
}

function pinnedFrom(db: ReadDb, draft: CampaignDraft, kind: 'campaign' | 'test', tracks: Tracks): PinnedCampaign {
  const segment = draft.segment === null ? undefined : segmentOf(db, draft.segment);
  if (kind === 'campaign' && !segment) throw notReady('segment');
  const connection = draft.connection === null ? undefined : connectionFacts(db, draft.connection);
  if (!connection) throw notReady('connection');
  const topic = draft.topic === null ? undefined : findTopic(db, draft.topic);
  if (draft.topic !== null && (!topic || topic.archived_at !== null)) throw notReady('topic');
  if (draft.from.address.trim() === '') throw notReady('from_address');
  const treatments = draft.treatments.map(({ name, message }) => {
    const resolved = message === null ? undefined : resolveMessage(db, message);
    if (!resolved) throw notReady('message');
    return { name, ...resolved };
  });
  return {
    name: draft.name,
    purpose: draft.purpose,
    topic: topic ? { id: topic.id, uid: topic.uid, name: topic.name, consent: topic.consent } : null,
    segment: kind === 'campaign' && segment ? { id: segment.id, uid: segment.uid, version: segment.version } : null,
    treatments,
    connection: connection.uid,
    from: { name: draft.from.name.trim(), address: draft.from.address.trim() },
    replyTo: draft.replyTo.trim(),
    trackOpens: draft.trackOpens && tracks(connection.provider),
    trackClicks: draft.trackClicks && tracks(connection.provider),
    onePerPerson: draft.onePerPerson,
    postalAddress: readSettings(db).postalAddress,
  };
}
