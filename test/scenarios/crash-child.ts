import { smtpConfig, smtpSecret } from '../../src-preload/contract/connection.js';
import { openEmailSender, systemWait } from '../../src-main/channels/index.js';
import { createScheduler } from '../../src-main/delivery/scheduler.js';
import { deliveryOperations, deliveryQueries } from '../../src-main/delivery/operations.js';
import { createSender } from '../../src-main/delivery/sender.js';
import { systemClock } from '../../src-main/platform/clock.js';
import { createLogger } from '../../src-main/platform/logger.js';
import { systemRandom } from '../../src-main/platform/random.js';
import { openFileStore } from '../support/file-store.js';

/*
 * The process that the crash test kills: store queue, scheduler, sender and the real SMTP client over a workspace file, started as the app starts them. It ends by itself when no run is
 * open. Arguments: file, SMTP port, connections, private key (base64 PKCS #8).
 */
const [file = '', port = '0', connections = '5', privateKey = ''] = process.argv.slice(2);
const log = createLogger((line) => process.stderr.write(`${line}\n`), () => systemClock.now());
const store = openFileStore(file);
const write = store.writer(deliveryOperations);
const read = store.reader(deliveryQueries);
await write.recoverAfterCrash(undefined);

const scheduler = createScheduler({
  clock: systemClock,
  log,
  read,
  write,
  openSender: () =>
    createSender({
      clock: systemClock,
      log,
      wait: systemWait,
      write,
      openConnection: (connection, pace) => openEmailSender(connection, { clock: systemClock, random: systemRandom, log, wait: systemWait, ...(pace ? { pace } : {}) }),
    }),
  connection: (uid) =>
    Promise.resolve({
      uid,
      provider: 'sandbox',
      config: smtpConfig.parse({ host: '127.0.0.1', port: Number(port), tls: 'none', auth: 'none', connections: Number(connections), clientName: 'crash.test' }),
      secret: smtpSecret.parse({}),
    }),
  linkKey: () => Promise.resolve({ keyId: 'k1', privateKey: Buffer.from(privateKey, 'base64') }),
  collectorUrl: () => 'http://127.0.0.1:4800',
});

for (;;) {
  await scheduler.tick();
  if ((await read.openRuns(undefined)).runs.length === 0) break;
  await systemWait(50);
}
await scheduler.stop();
store.close();
