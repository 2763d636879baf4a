import { expect, it, vi } from 'vitest';
import { smtpConfig, smtpSecret } from '../../src-preload/contract/connection.js';
import { openEmailSender, systemWait } from '../../src-main/channels/index.js';
import { deliveryOperations, deliveryQueries } from '../../src-main/delivery/operations.js';
import { createScheduler } from '../../src-main/delivery/scheduler.js';
import { createSender } from '../../src-main/delivery/sender.js';
import { systemClock } from '../../src-main/platform/clock.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import { systemRandom } from '../../src-main/platform/random.js';
import { collectorUrl, insertConnection, insertPeople, launchAndOpen, readyCampaign } from '../support/campaign.js';
import { inProcessReader, inProcessWriter } from '../support/in-process-store.js';
import { createMemoryStore } from '../support/memory-store.js';
import { signingKey } from '../support/signing-key.js';
import { startFarSide } from '../support/smtp-far-side.js';

it('pauses within a second although messages wait for their turn in the pace, and none of them is lost or doubled', async () => {
  const farSide = await startFarSide();
  const key = signingKey('k1');
  const store = createMemoryStore({ now: systemClock.now() - 60_000 });
  insertConnection(store);
  insertPeople(store, Array.from({ length: 12 }, (_, i) => ({ address: `p${i + 1}@example.org` })));
  const run = launchAndOpen(store, readyCampaign(store));
  const write = inProcessWriter(store, deliveryOperations, { now: () => systemClock.now() });
  const scheduler = createScheduler({
    clock: systemClock,
    log: silentLogger,
    read: inProcessReader(store, deliveryQueries),
    write,
    openSender: () =>
      createSender({
        clock: systemClock,
        log: silentLogger,
        wait: systemWait,
        write,
        openConnection: (connection, pace) => openEmailSender(connection, { clock: systemClock, random: systemRandom, log: silentLogger, wait: systemWait, ...(pace ? { pace } : {}) }),
      }),
    connection: (uid) =>
      Promise.resolve({
        uid,
        provider: 'sandbox',
        // Two a second over five connections: once the burst is gone, messages on the way wait for up to two seconds and a half.
        config: smtpConfig.parse({ host: '127.0.0.1', port: farSide.port, tls: 'none', auth: 'none', connections: 5, messagesPerSecond: 2 }),
        secret: smtpSecret.parse({}),
      }),
    linkKey: () => Promise.resolve({ keyId: key.kid, privateKey: key.privateKey }),
    collectorUrl: () => collectorUrl,
  });
  const status = () => store.read(deliveryQueries.runStatus, { run: run.uid, now: systemClock.now() });
  const inState = (state: string) => status().counts.reduce((n, row) => (row.state === state ? n + row.messages : n), 0);
  try {
    await scheduler.tick();
    await vi.waitFor(() => expect(farSide.mails.length).toBeGreaterThanOrEqual(2), { timeout: 10_000, interval: 10 });
    const pausedAt = systemClock.monotonic();
    await write.pauseRun({ run: run.uid });
    await scheduler.tick();
    await vi.waitFor(() => expect(inState('claimed')).toBe(0), { timeout: 5_000, interval: 5 });
    expect(systemClock.monotonic() - pausedAt).toBeLessThan(1_000);
    const taken = farSide.mails.length;
    expect(taken).toBeLessThan(12);
    expect([inState('sent'), inState('unknown'), inState('failed')]).toEqual([taken, 0, 0]);

    await write.resumeRun({ run: run.uid });
    await vi.waitFor(
      async () => {
        await scheduler.tick();
        expect(status().status).toBe('done');
      },
      { timeout: 20_000, interval: 50 },
    );
    expect(farSide.mails.map((mail) => mail.to[0]).sort()).toEqual(Array.from({ length: 12 }, (_, i) => `p${i + 1}@example.org`).sort());
  } finally {
    await scheduler.stop();
    await farSide.close();
  }
}, 60_000);
