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
import { type Behaviour, startFarSide } from '../support/smtp-far-side.js';

const at = (step: string, move: string): Behaviour => ({ move: (now) => (now === step ? move : undefined) });

it.each([
  ['turns us away at its greeting', at('GREETING', '554 no service here'), { reason: 'greeting', response: 'The server refuses to talk to us at its greeting. It said: 554 no service here' }, [0]],
  ['refuses the password', { user: 'u', password: 'other' }, { reason: 'credentials', response: 'The server did not accept the user name and password. It said: 535 5.7.8 Authentication credentials invalid' }, [0]],
  ['drops the connection after the final dot', at('DOT', 'drop'), { reason: 'unanswered', response: expect.any(String) as string }, [5, 6, 7, 8]],
] as const)('a run whose server %s is paused for that', async (_name, behaviour, paused, unknown) => {
  const farSide = await startFarSide(behaviour);
  const key = signingKey('k1');
  const store = createMemoryStore({ now: systemClock.now() - 60_000 });
  insertConnection(store);
  insertPeople(store, Array.from({ length: 8 }, (_, i) => ({ address: `p${i + 1}@example.org` })));
  const run = launchAndOpen(store, readyCampaign(store));
  const write = inProcessWriter(store, deliveryOperations, { now: () => systemClock.now() });
  const ports = { clock: systemClock, log: silentLogger, wait: systemWait };
  const scheduler = createScheduler({
    clock: systemClock,
    log: silentLogger,
    read: inProcessReader(store, deliveryQueries),
    write,
    openSender: () => createSender({ ...ports, write, openConnection: (connection, pace) => openEmailSender(connection, { ...ports, random: systemRandom, ...(pace ? { pace } : {}) }) }),
    connection: (uid) =>
      Promise.resolve({
        uid,
        provider: 'sandbox',
        config: smtpConfig.parse({ host: '127.0.0.1', port: farSide.port, tls: 'none', auth: 'auto', user: 'user' in behaviour ? 'u' : '', connections: 1 }),
        secret: smtpSecret.parse({ password: 'mine' }),
      }),
    linkKey: () => Promise.resolve({ keyId: key.kid, privateKey: key.privateKey }),
    collectorUrl: () => collectorUrl,
  });
  const status = () => store.read(deliveryQueries.runStatus, { run: run.uid, now: systemClock.now() });
  try {
    await scheduler.tick();
    await vi.waitFor(() => expect(status().paused).toEqual(paused), { timeout: 10_000, interval: 10 });
    await vi.waitFor(() => expect(status().counts.find((row) => row.state === 'claimed')).toBeUndefined(), { timeout: 5_000, interval: 10 });
    // What had been handed over when the run was paused may be more than the five that made it pause.
    expect(unknown).toContain(status().numbers.unknown);
    expect([status().numbers.sent, status().numbers.failed]).toEqual([0, 0]);
  } finally {
    await scheduler.stop();
    await farSide.close();
  }
});
