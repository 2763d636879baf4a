import { join } from 'node:path';
import type { Context } from '../../api/context.js';
import { createHost, type RunningHost } from '../../app/host.js';
import { systemClock } from '../../platform/clock.js';
import { configFolder, documentsFolder } from '../../platform/folders.js';
import { createLogger, type Logger } from '../../platform/logger.js';
import { systemRandom } from '../../platform/random.js';
import { keyFileBox } from '../../platform/secret-box.js';
import { type Door, openDoor } from '../door/door.js';
import { announceDoor } from '../door/door-file.js';
import { createExchange } from '../door/exchange.js';
import { createDoorShell } from '../door/shell-port.js';

/** The headless shell's host: the same core on plain Node, with key files as its box. The command line uses it too. */
export function createHeadlessHost(env: Readonly<Record<string, string | undefined>>, log: Logger, remembers: boolean): RunningHost {
  const config = configFolder(env);
  return createHost({
    clock: systemClock,
    random: systemRandom,
    log,
    configFolder: config,
    documentsFolder: documentsFolder(env),
    remembers,
    boxFor: (uid) => keyFileBox(join(config, 'keys', `${uid}.key`), systemRandom),
  });
}

export interface Headless {
  readonly door: Door;
  readonly host: RunningHost;
  stop(): Promise<void>;
}

/** Serves the screens to a browser on loopback. `out` is the folder of the built entry; the screens lie beside it. With `workspace` it opens that one, with `reopen` (the program as a person starts it) the one of last time; otherwise the start screen offers the choice. */
export async function serveHeadless(options: { out: string; port: number; workspace?: string; reopen?: boolean; env: Readonly<Record<string, string | undefined>>; log?: Logger }): Promise<Headless> {
  const log = options.log ?? createLogger((line) => process.stderr.write(`${line}\n`), () => systemClock.now());
  const host = createHeadlessHost(options.env, log, options.reopen === true);
  const exchange = createExchange(systemRandom, systemClock);
  const context: Context = { host, shell: createDoorShell(exchange, log), log };
  if (options.workspace) await host.open(options.workspace);
  else if (options.reopen) await host.reopen();
  const door = await openDoor({ port: options.port, context, exchange, renderer: join(options.out, '../renderer'), random: systemRandom, log });
  const silence = announceDoor(host, door, log);
  let stopping: Promise<void> | undefined;
  return {
    door,
    host,
    stop: () =>
      (stopping ??= (async () => {
        silence();
        await door.close();
        await host.stop();
        exchange.close();
      })()),
  };
}
