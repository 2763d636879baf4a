import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHost, type HostPorts, type RunningHost } from '../../src-main/app/host.js';
import { systemClock } from '../../src-main/platform/clock.js';
import { createLogger, silentLogger } from '../../src-main/platform/logger.js';
import { systemRandom } from '../../src-main/platform/random.js';
import { keyFileBox } from '../../src-main/platform/secret-box.js';

/** A whole core with its threads on a folder of its own, as a shell would hold it. `dispose` closes it and removes the folder. */
export interface TestHost {
  readonly host: RunningHost;
  readonly root: string;
  /** Another "machine" on the same folder: its own key files. The name of one that ended is its next start; `remembers` false is a command there. */
  another(name: string, options?: Partial<Pick<HostPorts, 'remembers' | 'wait' | 'clock'>>): RunningHost;
  dispose(): Promise<void>;
}

export function createTestHost(): TestHost {
  const root = mkdtempSync(join(tmpdir(), 'heliograph-test-'));
  const log = process.env['TEST_LOG'] ? createLogger((line) => process.stderr.write(`${line}\n`), () => Date.now()) : silentLogger;
  const hosts: RunningHost[] = [];
  const another = (name: string, options: Partial<Pick<HostPorts, 'remembers' | 'wait' | 'clock'>> = {}) => {
    const config = join(root, `config-${name}`);
    const host = createHost({
      clock: systemClock,
      ...options,
      random: systemRandom,
      log,
      configFolder: config,
      documentsFolder: join(root, 'documents'),
      boxFor: (uid) => keyFileBox(join(config, 'keys', `${uid}.key`), systemRandom),
    });
    hosts.push(host);
    return host;
  };
  return {
    host: another('first'),
    root,
    another,
    dispose: async () => {
      for (const host of hosts) await host.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
