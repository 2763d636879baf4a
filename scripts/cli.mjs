import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, root } from './build.mjs';
import { requireNode } from './node-version.mjs';

requireNode();
const log = console.log;
// A command's output may be read by a program: what the build says goes to stderr.
console.log = console.error;
ensureBuilt();
console.log = log;
const { status, signal } = spawnSync(process.execPath, [join(root, 'out/main/cli.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(signal ? 1 : (status ?? 1));
