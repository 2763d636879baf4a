import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isHeliographError } from '../../src-preload/contract/errors.js';
import { createSender } from '../../src-main/delivery/sender.js';
import { deliveryOperations, deliveryQueries } from '../../src-main/delivery/operations.js';
import type { RunEnded } from '../../src-main/delivery/sender-port.js';
import type { Logger } from '../../src-main/platform/logger.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import { sql } from '../../src-main/store/sql.js';
import { collectorUrl, insertPeople, launchAndOpen, readyCampaign } from '../support/campaign.js';
import { fakeEmailSender, ok } from '../support/fake-email-sender.js';
import { openFileStore } from '../support/file-store.js';
import { ManualTime } from '../support/manual-time.js';
import { signingKey } from '../support/signing-key.js';

const key = signingKey('k1');

describe('a disk that is full at a claim', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-full-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('sends nothing that could not be claimed, loses no result, and goes on when there is room', async () => {
    const time = new ManualTime();
    const store = openFileStore(join(folder, 'full.sqlite'), time);
    const people = 4_000;
    insertPeople(store, Array.from({ length: people }, (_, i) => ({ address: `p${i}@example.org` })));
    const run = launchAndOpen(store, readyCampaign(store));
    await time.advance(60_000);
    store.now = time.now();

    const failures: string[] = [];
    const log: Logger = { ...silentLogger, error: (_event, fields) => void failures.push(isHeliographError(fields?.['error']) ? fields['error'].code : 'other'), with: () => log };
    const wire = fakeEmailSender({ connections: 5, reply: () => ok });
    const sender = await createSender({ clock: time, log, wait: time.wait, write: store.writer(deliveryOperations), openConnection: () => wire });
    const ended: RunEnded[] = [];
    sender.onEnded((one) => void ended.push(one));

    // The file may not grow any more: replies need room, so a claim that carries them soon finds none.
    const pages = Number(store.raw.pragma('page_count', { simple: true }));
    store.raw.pragma(`max_page_count = ${pages + 8}`);
    await sender.start({
      ...store.read(deliveryQueries.plan, { run: run.id, collectorUrl }),
      run: run.id,
      links: { kind: 'tracked', base: collectorUrl, keyId: key.kid, privateKey: key.privateKey },
      connection: { uid: 'test-mailbox', provider: 'sandbox', config: { host: 'localhost', port: 25 } as never, secret: { password: '' } },
    });
    for (let i = 0; i < 200 && failures.length === 0; i++) await time.advance(250);
    expect(failures[0]).toBe('DISK_FULL');

    // What went out is what the ledger on disk gave out: a message per claimed or sent row, and no other.
    const given = () => store.read((db) => db.get<{ n: number }>(sql`select count(*) as n from message where run = ${run.id} and state in (3, 4)`)!.n, undefined);
    const sentWhenFull = wire.sent.length;
    expect(sentWhenFull).toBeGreaterThan(0);
    expect(sentWhenFull).toBeLessThan(people);
    expect(sentWhenFull).toBe(given());
    await time.advance(30_000);
    expect(wire.sent.length).toBe(sentWhenFull);
    expect(new Set(failures)).toEqual(new Set(['DISK_FULL']));

    store.raw.pragma('max_page_count = 1000000');
    for (let i = 0; i < 400 && ended.length === 0; i++) await time.advance(1_000);
    expect(ended).toEqual([{ run: run.id, status: 'done' }]);
    expect(wire.sent.length).toBe(people);
    expect(new Set(wire.sent.map((email) => email.messageId)).size).toBe(people);
    expect(store.read((db) => db.all(sql`select state, count(*) as n from message where run = ${run.id} group by state`), undefined)).toEqual([{ state: 4, n: people }]);
    expect(store.read((db) => db.get(sql`select count(*) as n from message_reply where run = ${run.id}`), undefined)).toEqual({ n: people });
    store.close();
  }, 120_000);
});
