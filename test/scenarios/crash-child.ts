import { join } from 'node:path';
import { createHost } from '../../src-main/app/host.js';
import { systemWait } from '../../src-main/channels/index.js';
import { systemClock } from '../../src-main/platform/clock.js';
import { createLogger } from '../../src-main/platform/logger.js';
import { systemRandom } from '../../src-main/platform/random.js';
import { keyFileBox } from '../../src-main/platform/secret-box.js';

/*
 * The process that the crash test kills: the whole core on a workspace folder, with its real threads (store, readers, sender, collector, test mailbox) and the real SMTP client. It
 * ends by itself when no run is open. Arguments: workspace folder, folder of the key files.
 */
const [folder = '', config = ''] = process.argv.slice(2);
const host = createHost({
  clock: systemClock,
  random: systemRandom,
  log: createLogger((line) => process.stderr.write(`${line}\n`), () => systemClock.now()),
  configFolder: config,
  documentsFolder: config,
  boxFor: (uid) => keyFileBox(join(config, 'keys', `${uid}.key`), systemRandom),
});
await host.open(folder);
while ((await host.current()!.read.delivery.openRuns(undefined)).runs.length > 0) await systemWait(50);
await host.close();
