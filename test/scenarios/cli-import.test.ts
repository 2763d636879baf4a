import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/platform/logger.js';
import { runCli } from '../../src-main/shells/cli/cli.js';
import { type Headless, serveHeadless } from '../../src-main/shells/headless/headless.js';

let root: string;
let env: Record<string, string>;
let running: Headless;
let workspace: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'heliograph-cli-'));
  env = { HELIOGRAPH_CONFIG: join(root, 'config'), HELIOGRAPH_DOCUMENTS: join(root, 'documents') };
  running = await serveHeadless({ out: join(root, 'out'), port: 0, env, log: silentLogger });
  ({ folder: workspace } = await running.host.create({ name: 'Team' }));
});
afterAll(async () => {
  await running.stop();
  rmSync(root, { recursive: true, force: true });
});

function sink() {
  const said: string[] = [];
  return { said, stream: { isTTY: false, write: (text: string) => said.push(text) > 0 } as unknown as NodeJS.WriteStream };
}

/** Runs the command line against the running Heliograph. `watch` sees what stands on stderr as it comes. */
async function heliograph(...argv: string[]): Promise<{ code: number; events: Record<string, unknown>[]; err: string }> {
  const [out, err] = [sink(), sink()];
  const code = await runCli([...argv, '--workspace', workspace, '--json'], { out: join(root, 'out'), env, streams: { out: out.stream, err: err.stream } });
  return { code, events: out.said.join('').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>), err: err.said.join('') };
}

let made = 0;
function write(content: string | Buffer, name = `people ${++made}.csv`): string {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
}

describe('heliograph import', () => {
  it('says what was rejected and writes it to a file', async () => {
    const rejects = join(root, 'bad.csv');
    const { code, err, events } = await heliograph('import', write('email,plan\nada@x.example,a\nnobody,b\n,c\n', 'crm.csv'), '--rejects', rejects);
    expect(code).toBe(0);
    expect(err).toContain('2 rejected: 1 not an e-mail address, 1 no address.');
    expect(err).toContain('row 3, email: not an e-mail address (nobody)');
    expect(readFileSync(rejects, 'utf8')).toContain('3,email,bad_email,nobody,b');
    expect(events).toMatchObject([{ event: 'imported', rejected: rejects, counts: { new: 1 } }]);
  });

  it('says what is imported and yet to be looked at', async () => {
    const { code, err } = await heliograph('import', write('email\nada@gmial.com\ninfo@y.example\n'), '--dry-run');
    expect(code).toBe(0);
    expect(err).toContain('row 2, email: These domains look like slips.');
    expect(err).toContain('gmial.com');
    expect(err).toContain('row 3, email: These mailboxes belong to a function');
  });

  it('keeps no rejects file of a dry run but the one that was asked for', async () => {
    const rejects = join(root, 'dry.csv');
    const { events } = await heliograph('import', write('email\nnobody\nbob@x.example\n'), '--dry-run', '--rejects', rejects);
    expect(events).toMatchObject([{ event: 'checked', rejected: rejects, mapping: [{ index: 0, header: 'email', target: { to: 'address', channel: 'EMAIL' } }] }]);
    expect(readFileSync(rejects, 'utf8')).toContain('nobody');
  });

  it('takes a mapping from a JSON file, and from an import by the name of its file', async () => {
    const mapping = write(JSON.stringify([{ index: 0, header: 'who', target: { to: 'address', channel: 'EMAIL' } }, { index: 1, header: 'plan', target: { to: 'userAttribute', name: 'Plan' } }]), 'map.json');
    const first = await heliograph('import', write('plan,more,who\na,1,cy@x.example\n', 'mapped.csv'), '--mapping', mapping);
    expect(first.events).toMatchObject([{ columns: [{ target: 'User.UserAttributes.Plan' }, { target: 'ignore' }, { target: 'Address:EMAIL' }] }]);
    const again = await heliograph('import', write('who,plan\ndi@x.example,b\n'), '--mapping', 'mapped.csv', '--dry-run');
    expect(again.events).toMatchObject([{ columns: [{ target: 'Address:EMAIL' }, { target: 'User.UserAttributes.Plan' }] }]);
    const lacking = await heliograph('import', write('email,plan\ned@x.example,b\n'), '--mapping', 'mapped.csv');
    expect(lacking).toMatchObject({ code: 2, events: [{ code: 'MAPPING_INVALID', detail: { columns: 'who' } }] });
    expect(await heliograph('import', write('email\ned@x.example\n'), '--mapping', 'nothing.csv')).toMatchObject({ code: 2, events: [{ code: 'NAME_UNKNOWN' }] });
    expect(await heliograph('import', write('email\ned@x.example\n'), '--mapping', write('[{"index":0}]', 'wrong.json'))).toMatchObject({ code: 2, events: [{ code: 'BAD_INPUT' }] });
  });

  it('reads an encoding that was named', async () => {
    const path = write(Buffer.from('email,city\nfay@x.example,K\xf6ln\n', 'latin1'));
    expect(await heliograph('import', path, '--encoding', 'utf-8')).toMatchObject({ code: 2, events: [{ code: 'FILE_ENCODING' }] });
    expect(await heliograph('import', path, '--encoding', 'windows-1252', '--dry-run')).toMatchObject({ code: 0, events: [{ event: 'checked' }] });
    expect((await heliograph('import', path, '--encoding', 'klingon')).code).toBe(2);
  });

  it('replaces a segment only where there is one', async () => {
    expect(await heliograph('import', write('email\ngil@x.example\n'), '--replace-segment', 'Fair')).toMatchObject({ code: 2, events: [{ code: 'NAME_UNKNOWN', detail: { what: 'imported segment', name: 'Fair' } }] });
    expect(await heliograph('import', write('email\ngil@x.example\n'), '--segment', 'Fair')).toMatchObject({ code: 0, events: [{ replaces: false }] });
    expect(await heliograph('import', write('email\nhal@x.example\n'), '--replace-segment', 'Fair')).toMatchObject({ code: 0, events: [{ replaces: true, segment: { name: 'Fair' } }] });
    expect(await heliograph('import', write('email\nhal@x.example\n'), write('email\nida@x.example\n'), '--segment', 'Fair')).toMatchObject({ code: 2, events: [{ code: 'BAD_INPUT' }] });
  });

  it('takes a folder in the order of names, and tells what fails without leaving the rest', async () => {
    const folder = join(root, 'crm');
    mkdirSync(folder);
    write('email\nkim@x.example\n', 'crm/b.csv');
    write('{"email":"lou@x.example"}\n', 'crm/a.jsonl');
    write('email\n', 'crm/a2.csv');
    write('a picture', 'crm/c.png');
    const { code, events, err } = await heliograph('import', folder);
    expect(code).toBe(2);
    expect(events).toMatchObject([{ event: 'imported', file: 'a.jsonl' }, { event: 'error', code: 'FILE_NO_ROWS' }, { event: 'imported', file: 'b.csv' }]);
    expect(err).toContain('a2.csv was not imported');
    const empty = join(root, 'empty');
    mkdirSync(empty);
    expect(await heliograph('import', empty)).toMatchObject({ code: 2, events: [{ code: 'BAD_INPUT' }] });
  });

  it('says so when the running Heliograph goes away', async () => {
    const rows = Array.from({ length: 8_000 }, (_, i) => `p${i}@x.example`).join('\n');
    const waiting = heliograph('import', write(`email\n${rows}\n`, 'many.csv'));
    const { live, read } = running.host.current()!;
    for await (const _ of live.changes(new AbortController().signal)) {
      if ((await read.imports.list({ limit: 1 }))[0]?.state === 'merging') break;
    }
    await running.door.close();
    expect(await waiting).toMatchObject({ code: 1, events: [{ code: 'INSTANCE_LOST', message: 'Heliograph stopped while importing many.csv; the import goes on when it is opened again.' }] });
  });
});
