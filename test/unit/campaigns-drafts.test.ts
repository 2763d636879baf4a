import { describe, expect, it } from 'vitest';
import { campaignOperations as ops, campaignQueries as queries } from '../../src-main/campaigns/index.js';
import { deliveryOperations } from '../../src-main/delivery/operations.js';
import { campaignReport } from '../../src-main/analytics/campaign-report.js';
import { homeQueries } from '../../src-main/analytics/index.js';
import { patchSettings } from '../../src-main/settings/settings.js';
import type { WriteDb } from '../../src-main/store/db.js';
import { sql } from '../../src-main/store/sql.js';
import { collectorUrl, insertConnection, insertPeople, launchAndOpen, plainEmail, readyCampaign } from '../support/campaign.js';
import { createMemoryStore } from '../support/memory-store.js';

describe('campaign drafts', () => {
  it('begins with the workspace’s sender and its only connection', () => {
    const store = createMemoryStore();
    store.write(patchSettings, { defaultFrom: { name: 'Kestrel', address: 'hello@kestrel.example' } });
    const { uid } = store.write(ops.create, { name: 'Spring', template: 't-1' });
    expect(store.read(queries.get, { uid })).toEqual({
      uid,
      status: 'draft',
      revision: 1,
      createdAt: store.now,
      updatedAt: store.now,
      tested: false,
      run: null,
      draft: {
        name: 'Spring',
        channel: 'EMAIL',
        purpose: 'marketing',
        topic: null,
        segment: null,
        treatments: [{ name: 'A', message: { kind: 'template', template: 't-1', version: null } }],
        connection: 'test-mailbox',
        from: { name: 'Kestrel', address: 'hello@kestrel.example' },
        replyTo: '',
        trackOpens: true,
        trackClicks: true,
        onePerPerson: true,
        launch: { when: 'now' },
      },
    });
  });

  it('says of a run by unsubscribe e-mail that nothing is tracked, not that nobody opened', () => {
    const store = createMemoryStore();
    store.write(patchSettings, { reachability: { mode: 'mailto', address: 'leave@kestrel.example' } });
    insertPeople(store, [{ address: 'a@example.org' }]);
    const run = launchAndOpen(store, readyCampaign(store, { connection: insertConnection(store, { provider: 'smtp', uid: 'smtp' }) }));
    expect(store.read(queries.list, {})[0]?.run).toMatchObject({ uid: run.uid, opened: null, clicked: null });
    expect(store.read(campaignReport, { campaign: run.campaign })).toMatchObject({ trackOpens: false, trackClicks: false });
    store.write((db: WriteDb) => db.run(sql`insert into run_tick values (${run.id}, ${Math.floor(store.now / 5000)}, 4)`), undefined);
    expect(store.read(homeQueries.days, { now: store.now }).at(-1)).toMatchObject({ sent: 4, untracked: 4, clicks: 0 });
  });

  it('loses no save: the second of two editors is told', () => {
    const store = createMemoryStore();
    const { uid } = store.write(ops.create, {});
    const { draft } = store.read(queries.get, { uid });
    expect(store.write(ops.save, { uid, revision: 1, draft: { ...draft, name: 'Mine' } })).toEqual({ revision: 2, savedAt: store.now });
    expect(() => store.write(ops.save, { uid, revision: 1, draft: { ...draft, name: 'Theirs' } })).toThrow('CONFLICT {"what":"The campaign","revision":2}');
    expect(store.read(queries.get, { uid }).draft.name).toBe('Mine');
    expect(store.write(ops.save, { uid, revision: 2, draft: { ...draft, name: 'Mine' } }).revision).toBe(2);
    expect(() => store.write(ops.save, { uid, revision: 2, draft: { ...draft, name: ' ' } })).toThrow('BAD_INPUT');
  });

  it('duplicates, archives, deletes and brings back; refuses while it goes out', () => {
    const store = createMemoryStore();
    insertConnection(store);
    insertPeople(store, [{ address: 'a@example.org' }]);
    const campaign = readyCampaign(store);
    const copy = store.write(ops.duplicate, campaign);
    expect(store.read(queries.get, copy).draft.name).toBe('Spring (copy)');
    store.write(ops.delete, copy);
    expect(store.read(queries.list, {}).map((row) => row.name)).toEqual(['Spring']);
    store.write(ops.restore, copy);
    expect(store.read(queries.list, {}).map((row) => row.name)).toEqual(['Spring (copy)', 'Spring']);

    const run = launchAndOpen(store, campaign);
    for (const operation of [ops.archive, ops.delete]) expect(() => store.write(operation, { uid: campaign.uid })).toThrow('CAMPAIGN_STATE');
    expect(() => store.write(ops.save, { ...campaign, draft: store.read(queries.get, campaign).draft })).toThrow('CAMPAIGN_STATE');
    expect(store.read(queries.list, {}).find((row) => row.name === 'Spring')).toMatchObject({ status: 'sending', segmentName: 'Everybody', run: { uid: run.uid, numbers: { total: 1, waiting: 1 }, opened: 0, clicked: 0 } });
    store.write(deliveryOperations.stopRun, { run: run.uid });
    store.write(deliveryOperations.stopSlice, { run: run.id });
    store.write(ops.archive, { uid: campaign.uid });
    expect(store.read(queries.list, { archived: true }).map((row) => [row.name, row.status])).toEqual([['Spring', 'archived']]);
    store.write(ops.unarchive, { uid: campaign.uid });
    expect(store.read(queries.get, campaign).status).toBe('stopped');
  });

  it('pins what it sends: later edits of template and segment change nothing', () => {
    const store = createMemoryStore();
    insertConnection(store);
    insertPeople(store, [{ address: 'a@example.org' }]);
    store.write((db) => {
      db.run(sql`insert into template (uid, name, version, created_at, updated_at) values ('t-1', 'T', 1, 0, 0)`);
      db.run(sql`insert into template_version (template, version, content, created_at, actor) values (1, 1, ${JSON.stringify(plainEmail)}, 0, '{}')`);
    }, undefined);
    const campaign = readyCampaign(store, { draft: { treatments: [{ name: 'A', message: { kind: 'template', template: 't-1', version: null } }] } });
    const run = launchAndOpen(store, campaign);
    store.write((db) => {
      db.run(sql`insert into template_version (template, version, content, created_at, actor) values (1, 2, ${JSON.stringify({ ...plainEmail, subject: 'Changed' })}, 0, '{}')`);
      db.run(sql`update template set version = 2`);
    }, undefined);
    const plan = store.read((db) => db.get<{ content: string }>(sql`select v.content from campaign_version v join run r on r.campaign = v.campaign and r.campaign_version = v.version where r.uid = ${run.uid}`), undefined);
    expect(JSON.parse(plan!.content)).toMatchObject({ segment: { version: 1 }, treatments: [{ template: { uid: 't-1', version: 1 }, content: { subject: plainEmail.subject } }], connection: 'test-mailbox' });
  });

  it('refuses to launch what is not ready, was edited since the review, or whose links nobody could reach', () => {
    const store = createMemoryStore();
    insertConnection(store, { provider: 'smtp', uid: 'c-1', config: { connections: 5 } });
    const launch = (campaign: { uid: string; revision: number }, url: string | null = collectorUrl) => store.write(deliveryOperations.launch, { ...campaign, collectorUrl: url });
    const { uid } = store.write(ops.create, {});
    expect(() => launch({ uid, revision: 1 })).toThrow('CAMPAIGN_NOT_READY {"check":"segment"');
    const sandbox = readyCampaign(store, { connection: 'test-mailbox' });
    expect(() => launch({ ...sandbox, revision: 1 })).toThrow('CONFLICT');
    expect(() => launch(sandbox, null)).toThrow('COLLECTOR_UNAVAILABLE');
    const real = readyCampaign(store, { connection: 'c-1' });
    expect(() => launch(real)).toThrow('REACHABILITY_REQUIRED {"why":"not_decided"}');
    store.write(patchSettings, { reachability: { mode: 'public', url: 'https://news.kestrel.example', verifiedAt: null } });
    expect(() => launch(real)).toThrow('REACHABILITY_REQUIRED {"why":"not_verified"}');
    expect(store.read((db) => db.all(sql`select * from run`), undefined)).toEqual([]);
    store.write(patchSettings, { reachability: { mode: 'mailto', address: 'stop@kestrel.example' } });
    expect(launch(real)).toEqual({ run: expect.any(String) as string, holdUntil: store.now + 30_000 });
    expect(() => launch(real)).toThrow('CAMPAIGN_STATE');
  });
});
