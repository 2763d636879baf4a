import { describe, expect, it } from 'vitest';
import { messageReasons, messageStates } from '../../src-preload/contract/delivery.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { deliveryOperations as ops, deliveryQueries as queries } from '../../src-main/delivery/operations.js';
import { createSender } from '../../src-main/delivery/sender.js';
import type { RunEnded, Sender, SenderJob } from '../../src-main/delivery/sender-port.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import { sql } from '../../src-main/store/sql.js';
import { collectorUrl, insertConnection, insertPeople, launchAndOpen, type OpenedRun, plainEmail, readyCampaign } from '../support/campaign.js';
import { fakeEmailSender, type FakeEmailSender, ok } from '../support/fake-email-sender.js';
import { inProcessWriter } from '../support/in-process-store.js';
import { ManualTime } from '../support/manual-time.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { signingKey } from '../support/signing-key.js';

const key = signingKey('k1');

interface Stage {
  store: MemoryStore;
  time: ManualTime;
  run: OpenedRun;
  sender: Sender;
  wires: FakeEmailSender[];
  /** The password of each connection that was opened. */
  passwords: (string | undefined)[];
  ended: RunEnded[];
  job: SenderJob;
  calls: string[];
}

async function stage(n: number, options: { make?: () => FakeEmailSender; before?: (name: string) => void; firstName?: (i: number) => string | null } = {}): Promise<Stage> {
  const store = createMemoryStore();
  const time = new ManualTime(store.now + 30_000);
  insertConnection(store);
  insertPeople(store, Array.from({ length: n }, (_, i) => ({ address: `p${i + 1}@example.org`, firstName: options.firstName ? options.firstName(i + 1) : 'Ada' })));
  const run = launchAndOpen(store, readyCampaign(store));
  const wires: FakeEmailSender[] = [];
  const passwords: (string | undefined)[] = [];
  const calls: string[] = [];
  const write = inProcessWriter(store, ops, {
    now: time.now,
    before: (name) => {
      calls.push(name);
      options.before?.(name);
    },
  });
  const sender = await createSender({
    clock: time,
    log: silentLogger,
    wait: time.wait,
    write,
    openConnection: ({ secret }) => {
      passwords.push(secret.password);
      const wire = options.make?.() ?? fakeEmailSender();
      wires.push(wire);
      return wire;
    },
  });
  const ended: RunEnded[] = [];
  sender.onEnded((one) => void ended.push(one));
  const plan = store.read(queries.plan, { run: run.id, collectorUrl });
  const job: SenderJob = {
    ...plan,
    run: run.id,
    links: { kind: 'tracked', base: collectorUrl, keyId: key.kid, privateKey: key.privateKey },
    connection: { uid: 'test-mailbox', provider: 'sandbox', config: { host: 'localhost', port: 25 } as SenderJob['connection']['config'], secret: { password: '' } },
  };
  return { store, time, run, sender, wires, passwords, ended, job, calls };
}

const ledger = (store: MemoryStore) =>
  store
    .read((db) => db.all<{ seq: number; state: number; reason: number | null }>(sql`select seq, state, reason from message order by seq`), undefined)
    .map((row) => `${row.seq} ${messageStates[row.state]} ${messageReasons[row.reason ?? 0]}`);
const inState = (store: MemoryStore, state: string) => ledger(store).filter((row) => row.includes(` ${state} `)).length;

describe('sender', () => {
  it('sends a whole run, each message once, with at most the connections on the wire and twice as many claimed', async () => {
    const { store, time, sender, wires, ended, job } = await stage(25);
    await sender.start(job);
    await time.settle();
    const wire = wires[0]!;
    for (let i = 0; i < 100 && ended.length === 0; i++) {
      expect(inState(store, 'claimed')).toBeLessThanOrEqual(4);
      wire.answer();
      await time.advance(10);
    }
    expect(ended).toEqual([{ run: job.run, status: 'done' }]);
    expect(wire.mostOnWire).toBe(2);
    expect(wire.sent.map((email) => email.to.address)).toEqual(Array.from({ length: 25 }, (_, i) => `p${i + 1}@example.org`));
    expect(new Set(wire.sent.map((email) => email.messageId)).size).toBe(25);
    expect(inState(store, 'sent')).toBe(25);
    expect(wire.closed).toBe(true);
  });

  it('records an idle result within 250 ms, without waiting for the slow ones', async () => {
    const { store, time, sender, wires, job } = await stage(25, { make: () => fakeEmailSender({ connections: 8 }) });
    await sender.start(job);
    await time.settle();
    wires[0]!.answer();
    await time.advance(249);
    expect(inState(store, 'sent')).toBe(0);
    await time.advance(1);
    expect(inState(store, 'sent')).toBe(1);
  });

  it('gives back what has not begun when it is halted, waits for what is on the wire, and goes on later', async () => {
    const { store, time, sender, wires, ended, job, run } = await stage(10);
    await sender.start(job);
    await time.settle();
    expect(inState(store, 'claimed')).toBe(4);
    store.write(ops.pauseRun, { run: run.uid });
    await sender.halt(job.run);
    await time.settle();
    // This provider withdraws both at once; a real one finishes what is on the wire.
    expect(ended).toEqual([{ run: job.run, status: 'halted' }]);
    expect(ledger(store).slice(0, 5)).toEqual(['1 deferred none', '2 deferred none', '3 deferred none', '4 deferred none', '5 pending none']);
    store.write(ops.resumeRun, { run: run.uid });
    await sender.start(job);
    await time.settle();
    expect(wires.at(-1)!.onWire.map((email) => email.to.address)).toEqual(['p1@example.org', 'p2@example.org']);
  });

  it('hears of a pause from the next claim too', async () => {
    const { store, time, sender, wires, ended, job, run } = await stage(10);
    await sender.start(job);
    await time.settle();
    store.write(ops.pauseRun, { run: run.uid });
    wires[0]!.answer();
    await time.advance(250);
    wires[0]!.answer(ok, 5);
    await time.advance(250);
    expect(ended).toEqual([{ run: job.run, status: 'halted' }]);
    // At most what was on the wire when the pause was heard: nothing is begun afterwards.
    expect(wires[0]!.sent.length).toBeLessThanOrEqual(3);
    expect(inState(store, 'sent') + inState(store, 'deferred') + inState(store, 'pending')).toBe(10);
  });

  it('skips with its reason whoever a message cannot be made for', async () => {
    const { store, time, sender, wires, ended, job } = await stage(4, { make: () => fakeEmailSender({ reply: () => ok }), firstName: (i) => (i === 2 ? null : 'Ada') });
    await sender.start(job);
    await time.advance(1000);
    expect(ended).toEqual([{ run: job.run, status: 'done' }]);
    expect(ledger(store)).toEqual(['1 sent none', '2 skipped missing_variable', '3 sent none', '4 sent none']);
    expect(store.read((db) => db.get(sql`select response from message_reply where seq = 2`), undefined)).toEqual({ response: 'User.UserAttributes.FirstName' });
    expect(wires[0]!.sent).toHaveLength(3);
  });

  it('counts an error that nobody foresaw as may-have-been-sent', async () => {
    const { store, time, sender, ended, job } = await stage(1, {
      make: () =>
        fakeEmailSender({
          reply: () => {
            throw new TypeError('undefined is not a function');
          },
        }),
    });
    await sender.start(job);
    await time.advance(1000);
    expect(ended).toEqual([{ run: job.run, status: 'done' }]);
    expect(ledger(store)).toEqual(['1 unknown connection_lost']);
  });

  it('keeps results that could not be written, sends nothing new meanwhile, and goes on when the disk has room', async () => {
    let full = false;
    const { store, time, sender, wires, ended, job } = await stage(6, {
      before: (name) => {
        if (full && name === 'claim') throw new HeliographError('DISK_FULL');
      },
    });
    await sender.start(job);
    await time.settle();
    full = true;
    wires[0]!.answer(ok, 2);
    await time.advance(300);
    wires[0]!.answer(ok, 2);
    await time.advance(30_000);
    expect(wires[0]!.sent).toHaveLength(4);
    expect(inState(store, 'claimed')).toBe(4);
    full = false;
    await time.advance(1_500);
    expect(inState(store, 'sent')).toBe(4);
    wires[0]!.answer(ok, 2);
    await time.advance(1_000);
    expect(ended).toEqual([{ run: job.run, status: 'done' }]);
    expect(wires[0]!.sent).toHaveLength(6);
  });

  it('ends without a word to the wire once another sender took over', async () => {
    const { store, time, sender, wires, ended, job } = await stage(9);
    await sender.start(job);
    await time.settle();
    expect(store.write(ops.startSender, undefined).lost).toBe(4);
    wires[0]!.answer(ok, 2);
    await time.advance(2_000);
    expect(ended).toEqual([{ run: job.run, status: 'failed' }]);
    expect(inState(store, 'unknown')).toBe(4);
    expect(wires[0]!.sent.length).toBeLessThanOrEqual(4);
  });

  it('shares a connection between runs', async () => {
    const { store, time, sender, wires, job } = await stage(20, { make: () => fakeEmailSender({ connections: 4 }) });
    const other = launchAndOpen(store, readyCampaign(store));
    await time.advance(60_000);
    await sender.start(job);
    await sender.start({ ...job, ...store.read(queries.plan, { run: other.id, collectorUrl }), run: other.id, links: job.links });
    await time.settle();
    for (let i = 0; i < 4; i++) {
      wires[0]!.answer(ok, 4);
      await time.settle();
    }
    expect(wires).toHaveLength(1);
    const claimed = (run: number) => store.read((db) => db.get<{ n: number }>(sql`select count(*) as n from message where run = ${run} and state = 3`)!.n, undefined);
    expect([claimed(job.run), claimed(other.id)]).toEqual([4, 4]);
  });

  it('goes on with a changed password for every run of a connection as soon as the next run brings it', async () => {
    const { store, time, sender, wires, passwords, ended, job } = await stage(6, { make: () => fakeEmailSender({ connections: 4 }) });
    const other = launchAndOpen(store, readyCampaign(store));
    await time.advance(60_000);
    await sender.start({ ...job, connection: { ...job.connection, secret: { password: 'old' } } });
    await time.settle();
    const second = { ...job, ...store.read(queries.plan, { run: other.id, collectorUrl }), run: other.id, links: job.links, connection: { ...job.connection, secret: { password: 'new' } } };
    await sender.start(second);
    await time.settle();
    expect(passwords).toEqual(['old', 'new']);
    expect(wires[0]!.closed).toBe(true);
    for (let i = 0; i < 20 && ended.length < 2; i++) {
      wires[1]!.answer(ok, 4);
      await time.advance(500);
    }
    expect(passwords).toEqual(['old', 'new']);
    expect(ended.map(({ status }) => status)).toEqual(['done', 'done']);
    expect(inState(store, 'sent')).toBe(12);
  });

  it('refuses a treatment that does not compile and leaves the run alone', async () => {
    const { store, sender, wires, job } = await stage(1);
    const broken = { ...job, pinned: { ...job.pinned, treatments: [{ name: 'A', template: null, content: { ...plainEmail, html: '{{#if User.UserId}}' } }] } };
    await expect(sender.start(broken)).rejects.toThrow('TEMPLATE_SYNTAX');
    expect(wires).toEqual([]);
    expect(ledger(store)).toEqual(['1 pending none']);
  });
});
