import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrations, schemaVersion } from '../../src-main/store/migrations/index.js';
import { applicationId, checkFile, connectWriter, migrate } from '../../src-main/store/open.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heliograph-test-'));
  file = join(folder, 'workspace.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file as the program of that version made it, with something added. */
function older(version: number, extra = ''): void {
  const db = connectWriter(file);
  for (const step of migrations.slice(0, version)) step.up(db);
  db.pragma(`user_version = ${version}`);
  db.pragma(`application_id = ${applicationId}`);
  if (extra) db.exec(extra);
  db.close();
}
const refused = (code: string, object: string) => expect.objectContaining({ code, detail: { object } }) as Error;
const spy = 'create trigger spy after insert on suppression begin delete from suppression; end';

it.each(migrations.map((step) => step.version))('takes a file of version %i as that program left it, and brings it up to date', (version) => {
  older(version);
  checkFile(file);
  const db = connectWriter(file);
  expect(migrate(db)).toEqual({ from: version, to: schemaVersion });
  db.close();
});

it.each([
  ['trigger spy', spy],
  ['view people', 'create view people as select 1'],
])("refuses an older file with a stranger's %s before the first step", (object, extra) => {
  older(1, extra);
  const before = readFileSync(file);
  expect(() => checkFile(file)).toThrow(refused('WORKSPACE_FOREIGN', object));
  const db = connectWriter(file);
  let backups = 0;
  expect(() => migrate(db, { beforeFirst: () => void backups++ })).toThrow(refused('WORKSPACE_FOREIGN', object));
  expect([db.pragma('user_version', { simple: true }), backups]).toEqual([1, 0]);
  db.close();
  expect(readFileSync(file).equals(before)).toBe(true);
});

it('refuses an empty file and one without a schema, and leaves them as they were', () => {
  writeFileSync(file, '');
  expect(() => checkFile(file)).toThrow(refused('WORKSPACE_CORRUPT', 'empty file'));
  expect(readFileSync(file)).toHaveLength(0);
  new Database(file).exec('create table t (n); drop table t').close();
  const before = readFileSync(file);
  expect(before.length).toBeGreaterThan(0);
  expect(() => checkFile(file)).toThrow(refused('WORKSPACE_CORRUPT', 'empty file'));
  expect(readFileSync(file).equals(before)).toBe(true);
});
