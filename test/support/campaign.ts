import type { CampaignDraft } from '../../src-preload/contract/campaign.js';
import type { EmailContent } from '../../src-preload/contract/template.js';
import { createCampaign, saveCampaign } from '../../src-main/campaigns/campaign.js';
import { getCampaign } from '../../src-main/campaigns/list.js';
import { freezeSlices } from '../../src-main/delivery/freeze.js';
import { deliveryOperations as ops, deliveryQueries as queries } from '../../src-main/delivery/operations.js';
import { patchSettings } from '../../src-main/settings/settings.js';
import type { WriteDb } from '../../src-main/store/db.js';
import { sql } from '../../src-main/store/sql.js';
import type { MemoryStore } from './memory-store.js';

type Store = Pick<MemoryStore, 'write' | 'read' | 'now'> & { now: number };

export const collectorUrl = 'http://127.0.0.1:4800';

export const plainEmail: EmailContent = {
  subject: 'News for {{User.UserAttributes.FirstName}}',
  preheader: '',
  fromName: '',
  replyTo: '',
  html: '<p>Dear {{User.UserAttributes.FirstName}}, <a href="https://kestrel.example/shop">the shop</a> is open.</p><p>{{Heliograph.PostalAddress}} <a href="{{Heliograph.UnsubscribeUrl}}">Unsubscribe</a></p>',
  text: '',
};

export interface PersonInput {
  readonly address: string;
  readonly userId?: string;
  readonly channel?: string;
  readonly active?: boolean;
  readonly optOut?: boolean;
  readonly firstName?: string | null;
}

/** Endpoints written straight into the tables; a user each unless `userId` is shared. */
export function insertPeople(store: Store, people: readonly PersonInput[]): number[] {
  return store.write(
    (db: WriteDb, rows: readonly PersonInput[]) =>
      rows.map((person) => {
        const userId = person.userId ?? `u-${person.address}`;
        const firstName = person.firstName === undefined ? 'Ada' : person.firstName;
        db.run(sql`insert into user (user_id, attributes, created_at, updated_at) values (${userId}, ${JSON.stringify(firstName === null ? {} : { FirstName: [firstName] })}, ${db.now}, ${db.now})
          on conflict (user_id) do nothing`);
        const user = db.get<{ id: number }>(sql`select id from user where user_id = ${userId}`)!.id;
        return db.run(sql`insert into endpoint (app, uid, channel, address, address_key, user, active, opt_out, created_at, updated_at)
          values (1, ${db.newUid()}, ${person.channel ?? 'EMAIL'}, ${person.address}, ${person.address.toLowerCase()}, ${user}, ${person.active ?? true}, ${person.optOut ?? false}, ${db.now}, ${db.now})`).lastId;
      }),
    people,
  );
}

/** A dynamic segment of everybody. */
export function insertEverybody(store: Store): string {
  return store.write((db: WriteDb) => {
    const uid = db.newUid();
    const { lastId } = db.run(sql`insert into segment (uid, name, kind, version, created_at, updated_at) values (${uid}, 'Everybody', 'dynamic', 1, ${db.now}, ${db.now})`);
    const tree = JSON.stringify({ format: 1, root: { type: 'group', match: 'all', of: [] } });
    db.run(sql`insert into segment_version (segment, version, tree, created_at, actor) values (${lastId}, 1, ${tree}, ${db.now}, '{}')`);
    return uid;
  }, undefined);
}

/** A connection row: the test mailbox, or a real server when `provider` is smtp. */
export function insertConnection(store: Store, options: { provider?: 'smtp' | 'sandbox'; uid?: string; config?: object; verified?: boolean } = {}): string {
  const uid = options.uid ?? 'test-mailbox';
  store.write(
    (db: WriteDb) =>
      db.run(sql`insert into connection (uid, name, channel, provider, config, created_at, updated_at, verified_at)
        values (${uid}, ${uid}, 'EMAIL', ${options.provider ?? 'sandbox'}, ${JSON.stringify(options.config ?? {})}, ${db.now}, ${db.now}, ${options.verified === false ? null : db.now}) on conflict (uid) do nothing`),
    undefined,
  );
  return uid;
}

/** A draft that is ready to launch. */
export function readyCampaign(store: Store, options: { content?: EmailContent; draft?: Partial<CampaignDraft>; connection?: string } = {}): { uid: string; revision: number } {
  store.write(patchSettings, { postalAddress: 'Kestrel Coffee, 12 Harbour Street, Bristol' });
  const { uid } = store.write(createCampaign, { name: 'Spring' });
  const { revision, draft } = store.read(getCampaign, { uid });
  const segment = options.draft?.segment ?? insertEverybody(store);
  const ready: CampaignDraft = {
    ...draft,
    from: { name: 'Kestrel', address: 'hello@kestrel.example' },
    connection: options.connection ?? 'test-mailbox',
    treatments: [{ name: 'A', message: { kind: 'inline', content: options.content ?? plainEmail } }],
    ...options.draft,
    segment,
  };
  return { uid, revision: store.write(saveCampaign, { uid, revision, draft: ready }).revision };
}

export interface OpenedRun {
  readonly campaign: string;
  readonly uid: string;
  readonly id: number;
}

/** Launches, waits out the hold and freezes, with the same operations in the same order as the scheduler. */
export function launchAndOpen(store: Store, campaign: { uid: string; revision: number }): OpenedRun {
  const { run: uid, holdUntil } = store.write(ops.launch, { ...campaign, collectorUrl });
  store.now = holdUntil;
  const id = store.read((db) => db.get<{ id: number }>(sql`select id from run where uid = ${uid}`)!.id, undefined);
  store.write(ops.beginFreeze, { run: id });
  const audience = store.read(queries.freezeAudience, { run: id, asOf: store.now });
  for (const slice of freezeSlices(id, audience)) store.write(ops.freezeSlice, slice);
  store.write(ops.openRun, { run: id, commit: audience.commit, total: audience.endpoints.length, funnel: audience.funnel });
  return { campaign: campaign.uid, uid, id };
}

/** Everything that `run_count` should say, counted from the ledger. */
export function countedFromRows(store: Store, run: number): { state: number; reason: number; n: number }[] {
  return store.read((db) => db.all(sql`select state, coalesce(reason, 0) as reason, count(*) as n from message where run = ${run} group by 1, 2 order by 1, 2`), undefined);
}
