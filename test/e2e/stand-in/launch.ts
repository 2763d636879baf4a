import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium, type Page } from '@playwright/test';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** The built main process over the stand-in, and the page that its window shows. */
export interface StandIn {
  readonly page: Page;
  readonly home: string;
  readonly log: readonly string[];
  /** Asks the stand-in what the shell did (`state`, `permission`) or tells it something (`saveTo`, `quit`). */
  tell<T>(name: string, value?: string): Promise<T>;
  readonly ended: Promise<number | null>;
  dispose(): Promise<void>;
}

export async function launchStandIn(): Promise<StandIn> {
  const home = mkdtempSync(join(tmpdir(), 'heliograph-stand-in-'));
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, 'run.ts')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, STAND_IN_HOME: home, STAND_IN_PORT: String(port), HELIOGRAPH_BROWSER: process.env['HELIOGRAPH_BROWSER'] ?? '/usr/bin/chromium' },
  });
  const log: string[] = [];
  const answers: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (line.startsWith('answer ')) answers.shift()?.(line.slice('answer '.length));
    else log.push(line);
  });
  createInterface({ input: child.stderr! }).on('line', (line) => log.push(line));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));

  let browser: Browser | undefined;
  for (let attempt = 0; !browser; attempt++) {
    browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`).catch(() => undefined);
    if (!browser) {
      if (attempt > 200 || child.exitCode !== null) throw new Error(`the stand-in did not start:\n${log.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const pageOf = () => browser.contexts().flatMap((context) => context.pages()).find((candidate) => candidate.url().startsWith('http://app.stand-in/'));
  for (let page = pageOf(), attempt = 0; ; page = pageOf(), attempt++) {
    if (page) {
      return {
        page,
        home,
        log,
        ended,
        tell: <T>(name: string, value = '') =>
          new Promise<T>((resolve) => {
            answers.push((line) => resolve(JSON.parse(line) as T));
            child.stdin!.write(`${JSON.stringify({ name, value })}\n`);
          }),
        dispose: async () => {
          // The runner follows the page as well; taken away under it, the browser would fail a test that has passed.
          await browser.close().catch(() => undefined);
          child.kill('SIGKILL');
          await ended;
          rmSync(home, { recursive: true, force: true });
        },
      };
    }
    if (attempt > 200) throw new Error(`the stand-in shows no page:\n${log.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
