import { serveHeadless } from './shells/headless/headless.js';
import { assertNodeApi } from './platform/node-api.js';

assertNodeApi();
const port = Number(process.env['HELIOGRAPH_PORT'] ?? 0);
const workspace = process.env['HELIOGRAPH_WORKSPACE'];
const running = await serveHeadless({ out: import.meta.dirname, port, reopen: true, env: process.env, ...(workspace ? { workspace } : {}) });
console.log(`Heliograph is at ${running.door.entry}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void running.stop().then(() => process.exit(0)));
