import { assertNodeApi } from './platform/node-api.js';
import { runCli } from './shells/cli/cli.js';

assertNodeApi();
process.exitCode = await runCli(process.argv.slice(2), { out: import.meta.dirname, env: process.env, streams: { out: process.stdout, err: process.stderr } });
// Everything is closed; a socket that lingers must not keep a script waiting. Unref: it holds nothing itself.
setTimeout(() => process.exit(), 1000).unref();
