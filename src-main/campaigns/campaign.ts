import { type CampaignDraft, campaignDraft, type TreatmentMessage } from '../../src-preload/contract/campaign.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { readSettings } from '../settings/index.js';
import type { WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { campaignByUid, type CampaignRow, latestRun, parseDraft } from './campaign.rows.js';

interface CampaignUid {
  readonly uid: string;
}

const maxName = 200;

/**
 * Makes a draft. Sender, reply address, connection and tracking are those of the campaign launched last, because teams send from one address; without one,
 * the workspace's default sender and its only connection.
 */
export function createCampaign(db: WriteDb, input: { readonly name?: string; readonly segment?: string; readonly template?: string }): CampaignUid {
  return insertDraft(db, usualDraft(db, input.name ?? 'New campaign', input.segment ?? null, input.template === undefined ? null : { kind: 'template', template: input.template, version: null }));
}

function usualDraft(db: WriteDb, name: string, segment: string | null, message: TreatmentMessage | null): CampaignDraft {
  const last = db.get<Pick<CampaignRow, 'draft'>>(sql`select draft from campaign where state <> 'draft' order by updated_at desc limit 1`);
  const before = last ? campaignDraft.safeParse(JSON.parse(last.draft)).data : undefined;
  return {
    name,
    channel: 'EMAIL',
    purpose: 'marketing',
    topic: null,
    segment,
    treatments: [{ name: 'A', message }],
    connection: standingConnection(db, before?.connection ?? null),
    from: before?.from ?? readSettings(db).defaultFrom,
    replyTo: before?.replyTo ?? '',
    trackOpens: before?.trackOpens ?? true,
    trackClicks: before?.trackClicks ?? true,
    onePerPerson: before?.onePerPerson ?? true,
    launch: { when: 'now' },
  };
}

export interface AdoptedCampaign {
  readonly uid: string;
  readonly name: string;
  readonly segment: string | null;
  readonly message: TreatmentMessage | null;
  /** An empty address: the usual sender. */
  readonly from: CampaignDraft['from'];
}

/**
 * Takes in a campaign of another program as a draft under a uid that stands for it there; it is launched by a person or never. Where that uid is taken, deleted ones included, nothing
 * changes (`fresh` false). Throws `BAD_INPUT`.
 */
export function adoptCampaign(db: WriteDb, input: AdoptedCampaign): { uid: string; name: string; fresh: boolean; deleted: boolean } {
  const before = db.get<{ name: string; deleted_at: number | null }>(sql`select name, deleted_at from campaign where uid = ${input.uid}`);
  if (before) return { uid: input.uid, name: before.name, fresh: false, deleted: before.deleted_at !== null };
  const usual = usualDraft(db, input.name, input.segment, input.message);
  insertDraft(db, { ...usual, from: input.from.address === '' ? usual.from : input.from }, input.uid);
  return { uid: input.uid, name: input.name, fresh: true, deleted: false };
}

function standingConnection(db: WriteDb, uid: string | null): string | null {
  const all = db.all<{ uid: string }>(sql`select uid from connection where channel = 'EMAIL' and deleted_at is null order by id`);
  if (all.some((row) => row.uid === uid)) return uid;
  return all.length === 1 ? all[0]!.uid : null;
}

function insertDraft(db: WriteDb, draft: CampaignDraft, uid = db.newUid()): CampaignUid {
  const parsed = parseInput(draft);
  const { lastId } = db.run(sql`insert into campaign (uid, name, state, draft, version, created_at, updated_at, revision)
    values (${uid}, ${parsed.name}, 'draft', ${JSON.stringify(parsed)}, 0, ${db.now}, ${db.now}, 1)`);
  db.changed('campaign', lastId);
  db.audit('campaign.created', `campaign:${uid}`);
  return { uid };
}

function parseInput(draft: CampaignDraft): CampaignDraft {
  const parsed = campaignDraft.safeParse(draft);
  if (!parsed.success) throw new HeliographError('BAD_INPUT', { field: parsed.error.issues[0]?.path.join('.') ?? '', message: parsed.error.issues[0]?.message ?? '' });
  return parsed.data;
}

/** Throws `CAMPAIGN_STATE` {state, wanted} unless the campaign is still a draft. */
export function assertDraft(row: CampaignRow): void {
  if (row.state !== 'draft') throw new HeliographError('CAMPAIGN_STATE', { state: row.state, wanted: 'draft' });
}

/**
 * Saves a draft whole. `revision` is the one the editor saw: when somebody saved since, `CONFLICT` {what, revision} and nothing is lost. Saving what is there already
 * changes nothing.
 */
export function saveCampaign(db: WriteDb, input: { readonly uid: string; readonly revision: number; readonly draft: CampaignDraft }): { revision: number; savedAt: number } {
  const row = campaignByUid(db, input.uid);
  assertDraft(row);
  if (row.revision !== input.revision) throw new HeliographError('CONFLICT', { what: 'The campaign', revision: row.revision });
  const draft = parseInput(input.draft);
  const text = JSON.stringify(draft);
  if (text === row.draft) return { revision: row.revision, savedAt: row.updated_at };
  db.run(sql`update campaign set draft = ${text}, name = ${draft.name}, revision = revision + 1, updated_at = ${db.now} where id = ${row.id}`);
  db.changed('campaign', row.id);
  return { revision: row.revision + 1, savedAt: db.now };
}

/** A new draft with the same content. */
export function duplicateCampaign(db: WriteDb, input: CampaignUid): CampaignUid {
  const draft = parseDraft(campaignByUid(db, input.uid));
  const suffix = ' (copy)';
  return insertDraft(db, { ...draft, name: `${draft.name.slice(0, maxName - suffix.length)}${suffix}` });
}

/** Puts a campaign away. Throws `CAMPAIGN_STATE` while it is going out. */
export function archiveCampaign(db: WriteDb, input: CampaignUid): void {
  const row = campaignByUid(db, input.uid);
  assertQuiet(db, row);
  if (row.state !== 'archived') setState(db, row, 'archived', 'campaign.archived');
}

export function unarchiveCampaign(db: WriteDb, input: CampaignUid): void {
  const row = campaignByUid(db, input.uid);
  if (row.state !== 'archived') return;
  setState(db, row, latestRun(db, row.id) ? 'launched' : 'draft', 'campaign.unarchived');
}

function setState(db: WriteDb, row: CampaignRow, state: CampaignRow['state'], action: string): void {
  db.run(sql`update campaign set state = ${state}, updated_at = ${db.now} where id = ${row.id}`);
  db.changed('campaign', row.id);
  db.audit(action, `campaign:${row.uid}`);
}

/** Hides a campaign; its runs and their ledger stay for the reports. `restoreCampaign` is its undo. Throws `CAMPAIGN_STATE` while it is going out. */
export function deleteCampaign(db: WriteDb, input: CampaignUid): void {
  const row = campaignByUid(db, input.uid, true);
  if (row.deleted_at !== null) return;
  assertQuiet(db, row);
  db.run(sql`update campaign set deleted_at = ${db.now} where id = ${row.id}`);
  db.changed('campaign', row.id);
  db.audit('campaign.deleted', `campaign:${row.uid}`);
}

export function restoreCampaign(db: WriteDb, input: CampaignUid): void {
  const row = campaignByUid(db, input.uid, true);
  if (row.deleted_at === null) return;
  db.run(sql`update campaign set deleted_at = null where id = ${row.id}`);
  db.changed('campaign', row.id);
  db.audit('campaign.restored', `campaign:${row.uid}`);
}

function assertQuiet(db: WriteDb, row: CampaignRow): void {
  const open = db.get<{ state: string }>(sql`select state from run where campaign = ${row.id} and state not in ('stopped', 'done') limit 1`);
  if (open) throw new HeliographError('CAMPAIGN_STATE', { state: open.state, wanted: 'stopped, done' });
}
