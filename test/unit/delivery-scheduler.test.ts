import { describe, expect, it } from 'vitest';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { SendResult } from '../../src-main/channels/port.js';
import { createScheduler, type Scheduler } from '../../src-main/delivery/scheduler.js';
import { deliveryOperations as ops, deliveryQueries as queries } from '../../src-main/delivery/operations.js';
import { recoverAfterCrash } from '../../src-main/delivery/recover.js';
import { createSender } from '../../src-main/delivery/sender.js';
import type { OpenableConnection, Sender } from '../../src-main/delivery/sender-port.js';
import { campaignsPinSegment } from '../../src-main/api/segment-uses.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import { segmentsModule } from '../../src-main/segments/index.js';
import { workspaceOperations } from '../../src-main/settings/index.js';
import { sql } from '../../src-main/store/sql.js';
import { collectorUrl, insertConnection, insertPeople, readyCampaign } from '../support/campaign.js';
import { fakeEmailSender, type FakeEmailSender, ok } from '../support/fake-email-sender.js';
import { inProcessReader, inProcessWriter } from '../support/in-process-store.js';
import { ManualTime } from '../support/manual-time.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { insertSegments } from '../support/segment-population.js';
import { signingKey } from '../support/signing-key.js';

const key = signingKey('k1');
const openable: OpenableConnection = { uid: 'test-mailbox', provider: 'sandbox', config: { host: 'localhost', port: 25 } as OpenableConnection['config'], secret: { password: '' } };

interface Stage {
  store: MemoryStore;
  time: ManualTime;
  scheduler: Scheduler;
  wires: FakeEmailSender[];
  senders: { sender: Sender; die: () => void }[];
  /** One second of the app: the clock moves, the scheduler looks. */
  seconds(n: number): Promise<void>;
}

function stage(options: { people?: number; reply?: () => SendResult; connection?: (uid: string) => Promise<OpenableConnection> } = {}): Stage {
  const store = createMemoryStore();
  const time = new ManualTime(store.now);
  insertConnection(store);
  insertPeople(store, Array.from({ length: options.people ?? 5 }, (_, i) => ({ address: `p${i + 1}@example.org` })));
  const write = inProcessWriter(store, ops, { now: time.now });
  const wires: FakeEmailSender[] = [];
  const senders: Stage['senders'] = [];
  const scheduler = createScheduler({
    clock: time,
    log: silentLogger,
    read: inProcessReader(store, queries),
    write,
    openSender: async () => {
      const made = await createSender({
        clock: time,
        log: silentLogger,
        wait: time.wait,
        write,
        openConnection: () => {
          const wire = fakeEmailSender(options.reply ? { reply: options.reply } : {});
          wires.push(wire);
          return wire;
        },
      });
      let die = () => undefined as void;
      const died = new Promise<void>((resolve) => (die = resolve));
      const sender = { ...made, died };
      senders.push({ sender, die });
      return sender;
    },
    connection: options.connection ?? (() => Promise.resolve(openable)),
    linkKey: () => Promise.resolve({ keyId: key.kid, privateKey: key.privateKey }),
    collectorUrl: () => collectorUrl,
  });
  return {
    store,
    time,
    scheduler,
    wires,
    senders,
    async seconds(n) {
      for (let i = 0; i < n; i++) {
        await time.advance(1_000);
        await scheduler.tick();
        await time.settle();
      }
    },
  };
}

const status = (s: Stage, run: string) => s.store.read(queries.runStatus, { run, now: s.time.now() });
const launch = (s: Stage): string => {
  s.store.now = s.time.now();
  return s.store.write(ops.launch, { ...readyCampaign(s.store), collectorUrl }).run;
};

describe('scheduler', () => {
  it('takes a launch through hold, freeze and sending to done', async () => {
    const s = stage({ reply: () => ok });
    const run = launch(s);
    await s.seconds(29);
    expect(status(s, run).status).toBe('hold');
    expect(s.wires).toEqual([]);
    await s.seconds(3);
    const after = status(s, run);
    expect({ status: after.status, numbers: after.numbers, funnel: after.funnel, counts: after.counts, line: after.line.reduce((n, l) => n + l.sent, 0) }).toEqual({
      status: 'done',
      numbers: { total: 5, waiting: 0, sent: 5, failed: 0, skipped: 0, unknown: 0 },
      funnel: { segment: { people: 5, addresses: 5 }, rows: [{ reason: 'none', people: 5, addresses: 5 }] },
      counts: [{ state: 'sent', reason: 'none', messages: 5 }],
      line: 5,
    });
    expect(after.domains).toEqual([{ domain: 'example.org', sent: 5, failed: 0, deferred: 0 }]);
    expect(s.wires[0]!.sent.map((email) => email.to.address)).toEqual([1, 2, 3, 4, 5].map((n) => `p${n}@example.org`));
  });

  it('ends a launch that reaches nobody', async () => {
    const s = stage({ people: 0, reply: () => ok });
    const run = launch(s);
    await s.seconds(33);
    expect(status(s, run).status).toBe('done');
    expect(status(s, run).numbers.total).toBe(0);
  });

  it('pauses within a second, resumes, and stops for good', async () => {
    const s = stage({ people: 40 });
    const run = launch(s);
    await s.seconds(32);
    expect(s.wires[0]!.onWire).toHaveLength(2);
    s.store.write(ops.pauseRun, { run });
    await s.seconds(1);
    expect(s.wires[0]!.closed).toBe(true);
    expect(status(s, run).counts).toEqual([
      { state: 'pending', reason: 'none', messages: 36 },
      { state: 'deferred', reason: 'none', messages: 4 },
    ]);
    await s.seconds(5);
    expect(status(s, run)).toMatchObject({ status: 'paused', paused: { reason: 'operator', response: null } });
    s.store.write(ops.resumeRun, { run });
    await s.seconds(1);
    expect(s.wires.at(-1)!.onWire.map((email) => email.to.address)).toEqual(['p1@example.org', 'p2@example.org']);
    s.store.write(ops.stopRun, { run });
    await s.seconds(3);
    expect(status(s, run)).toMatchObject({ status: 'stopped', counts: [{ state: 'skipped', reason: 'stopped_by_operator', messages: 40 }] });
  });

  it('comes back for what is due later', async () => {
    let away = true;
    const s = stage({ people: 1, reply: () => (away ? { kind: 'refused', class: 'soft', code: 450, response: '450 4.7.1 greylisted' } : ok) });
    const run = launch(s);
    await s.seconds(33);
    expect(status(s, run)).toMatchObject({
      status: 'sending',
      perSecond: 0,
      deferred: [{ response: '450 4.7.1 greylisted', messages: 1, nextDue: expect.any(Number) as number }],
    });
    away = false;
    await s.seconds(121);
    expect(status(s, run).status).toBe('done');
    expect(s.wires.flatMap((wire) => wire.sent.map((email) => email.messageId))).toEqual([`<${run}.1@kestrel.example>`, `<${run}.1@kestrel.example>`]);
  });

  it('replaces a sender that died: what it held may have been sent, the rest goes out', async () => {
    const s = stage({ people: 10 });
    const run = launch(s);
    await s.seconds(32);
    s.senders[0]!.die();
    await s.seconds(2);
    expect(s.senders).toHaveLength(2);
    for (let i = 0; i < 10; i++) {
      s.wires.at(-1)!.answer(ok, 2);
      await s.seconds(1);
    }
    expect(status(s, run)).toMatchObject({ status: 'done', numbers: { total: 10, waiting: 0, sent: 6, failed: 0, skipped: 0, unknown: 4 } });
    const sentTwice = s.wires.flatMap((wire) => wire.sent.map((email) => email.to.address));
    expect(new Set(sentTwice).size).toBe(sentTwice.length);
  });

  it('settles the claims of a sender that died with the last messages of a run', async () => {
    const s = stage({ people: 3 });
    const run = launch(s);
    await s.seconds(32);
    s.senders[0]!.die();
    await s.seconds(2);
    expect(status(s, run)).toMatchObject({ status: 'done', numbers: { unknown: 3 } });
  });

  it('pauses a run whose connection cannot be opened and says why', async () => {
    const s = stage({ connection: () => Promise.reject(new HeliographError('SECRETS_LOCKED')) });
    const run = launch(s);
    await s.seconds(33);
    expect(status(s, run)).toMatchObject({ status: 'paused', paused: { reason: 'unbuildable', response: expect.stringContaining('credentials are locked') as string } });
  });

  it('holds everything while all sending is paused', async () => {
    const s = stage({ reply: () => ok });
    s.store.write((db) => db.run(sql`insert into workspace (id, uid, name, created_at, machine, path, sending_paused) values (1, 'w', 'w', 0, 'm', 'p', 'moved')`), undefined);
    const run = launch(s);
    await s.seconds(60);
    expect(status(s, run)).toMatchObject({ status: 'hold', sendingPaused: 'moved' });
    s.store.write(workspaceOperations.resumeSending, undefined);
    await s.seconds(3);
    expect(status(s, run).status).toBe('done');
  });

  it('goes on by itself with a freeze that a crash cut, and asks about a hold that one cut', async () => {
    const s = stage({ reply: () => ok });
    const frozen = launch(s);
    await s.time.advance(31_000);
    s.store.now = s.time.now();
    const id = s.store.read((db) => db.get<{ id: number }>(sql`select id from run where uid = ${frozen}`)!.id, undefined);
    s.store.write(ops.beginFreeze, { run: id });
    s.store.write(ops.freezeSlice, { run: id, fromSeq: 1, packed: '[256,512]', reasons: [2] });
    const held = launch(s);
    s.store.write(recoverAfterCrash, undefined);
    await s.seconds(60);
    expect([status(s, frozen).status, status(s, held).status]).toEqual(['done', 'ask']);
    expect(status(s, frozen).numbers.sent).toBe(5);
  });

  it('asks again when the segment is gone', async () => {
    const s = stage();
    const run = launch(s);
    s.store.write((db) => {
      db.run(sql`delete from segment_version`);
      db.run(sql`delete from segment`);
    }, undefined);
    await s.seconds(33);
    expect(status(s, run)).toMatchObject({ status: 'ask', askWhy: expect.stringContaining('no such segment') as string });
  });

  it('asks again when the list was replaced between the launch and the freeze, and then sends to the newest', async () => {
    const s = stage({ people: 4, reply: () => ok });
    const uid = '01890000-0000-7000-8000-00000000000a';
    s.store.write(insertSegments, [{ uid, name: 'Fair', members: [1, 2] }]);
    s.store.now = s.time.now();
    const { run } = s.store.write(ops.launch, { ...readyCampaign(s.store, { draft: { segment: uid } }), collectorUrl });
    // As an import does it: other rows, a new version.
    s.store.write((db) => {
      db.run(sql`update segment set members = 99, version = 2 where uid = ${uid}`);
      db.run(sql`insert into segment_version select segment, 2, tree, created_at, actor from segment_version`);
      for (const endpoint of [2, 3, 4]) db.run(sql`insert into segment_member values (99, ${endpoint})`);
    }, undefined);
    await s.seconds(33);
    expect(status(s, run)).toMatchObject({ status: 'ask', askWhy: expect.stringContaining('“Fair” was changed') as string });
    expect(s.wires).toHaveLength(0);
    s.store.now = s.time.now();
    s.store.write(ops.confirmLaunch, { run, collectorUrl });
    await s.seconds(40);
    expect(status(s, run)).toMatchObject({ status: 'done', numbers: { sent: 3 } });
  });

  it('asks again when somebody changed the list by hand between the launch and the freeze', async () => {
    const s = stage({ people: 4, reply: () => ok });
    const { operations } = segmentsModule(() => [], campaignsPinSegment);
    s.store.now = s.time.now();
    const { uid } = s.store.write(operations.create, { name: 'Guests', kind: 'imported' });
    s.store.write(operations.addMembers, { uid, ids: [1, 2] });
    const { run } = s.store.write(ops.launch, { ...readyCampaign(s.store, { draft: { segment: uid } }), collectorUrl });
    s.store.write(operations.addMembers, { uid, ids: [3] });
    await s.seconds(33);
    expect(status(s, run)).toMatchObject({ status: 'ask', askWhy: expect.stringContaining('“Guests” was changed') as string });
    s.store.now = s.time.now();
    s.store.write(ops.confirmLaunch, { run, collectorUrl });
    await s.seconds(40);
    expect(status(s, run)).toMatchObject({ status: 'done', numbers: { sent: 3 } });
    // What the freeze counted is this day's size.
    expect(s.store.db.all(sql`select people, addresses from segment_size`)).toEqual([{ people: 3, addresses: 3 }]);
  });

  it('sends to a list as it was launched while nobody replaces it', async () => {
    const s = stage({ people: 4, reply: () => ok });
    const uid = '01890000-0000-7000-8000-00000000000a';
    s.store.write(insertSegments, [{ uid, name: 'Fair', members: [1, 2] }]);
    s.store.now = s.time.now();
    const { run } = s.store.write(ops.launch, { ...readyCampaign(s.store, { draft: { segment: uid } }), collectorUrl });
    await s.seconds(40);
    expect(status(s, run)).toMatchObject({ status: 'done', numbers: { sent: 2 } });
  });

  it('sends a test to typed addresses, marked, with a chosen person’s data, and counts nothing', async () => {
    const s = stage({ people: 2, reply: () => ok });
    const campaign = readyCampaign(s.store);
    s.store.now = s.time.now();
    const { run } = s.store.write(ops.testSend, { uid: campaign.uid, addresses: ['Boss@Example.org', 'boss@example.org', 'qa@example.org'], endpoint: 1, collectorUrl });
    await s.seconds(3);
    expect(status(s, run)).toMatchObject({ kind: 'test', status: 'done', numbers: { total: 2, sent: 2 } });
    expect(s.wires[0]!.sent.map((email) => [email.to.address, email.subject])).toEqual([
      ['Boss@example.org', '[Test] News for Ada'],
      ['qa@example.org', '[Test] News for Ada'],
    ]);
    expect(s.store.read(queries.recipients, { run }).rows.map((row) => [row.address, row.state])).toEqual([
      ['Boss@example.org', 'sent'],
      ['qa@example.org', 'sent'],
    ]);
    expect(() => s.store.write(ops.testSend, { uid: campaign.uid, addresses: ['not an address'], endpoint: null, collectorUrl })).toThrow('BAD_INPUT');
  });

  it('quits: begins nothing new, gives back what waits, and leaves no claim behind', async () => {
    const s = stage({ people: 10 });
    const run = launch(s);
    await s.seconds(32);
    await s.scheduler.stop();
    expect(status(s, run).numbers).toEqual({ total: 10, waiting: 10, sent: 0, failed: 0, skipped: 0, unknown: 0 });
    expect(s.store.write(recoverAfterCrash, undefined)).toEqual({ lost: 0, asking: 0 });
  });
});
