import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The built headless shell, started as a person's script would start it, on folders of its own. */
export interface Served {
  readonly url: string;
  readonly root: string;
  readonly documents: string;
  readonly env: NodeJS.ProcessEnv;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
  dispose(): Promise<void>;
}

export async function serve(workspace?: string, root = mkdtempSync(join(tmpdir(), 'heliograph-e2e-'))): Promise<Served> {
  const documents = join(root, 'documents');
  const env = { ...process.env, HELIOGRAPH_CONFIG: join(root, 'config'), HELIOGRAPH_DOCUMENTS: documents };
  const child: ChildProcess = spawn(process.execPath, ['out/main/cli.js', 'serve', '--json', ...(workspace ? ['--workspace', workspace] : [])], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => log.push(line));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const message = JSON.parse(line) as { event: string; url: string };
      if (message.event === 'ready') resolve(message.url);
    });
    void exited.then((code) => reject(new Error(`serve ended with ${code}:\n${log.join('\n')}`)));
  });
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return exited;
  };
  return {
    url,
    root,
    documents,
    env,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    dispose: async () => {
      await end('SIGKILL');
      rmSync(root, { recursive: true, force: true });
    },
  };
}
