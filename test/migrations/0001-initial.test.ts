import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { migrations, schemaVersion } from '../../src-main/store/migrations/index.js';
import { applicationId, connectWriter, inspect, migrate } from '../../src-main/store/open.js';

it('numbers rise by one', () => {
  expect(migrations.map((step) => step.version)).toEqual(Array.from({ length: schemaVersion }, (_, i) => i + 1));
});

it('brings an empty file to the newest schema and marks it as ours', () => {
  const db = connectWriter(':memory:');
  expect(inspect(db)).toEqual({ version: 0, fresh: true });
  expect(migrate(db)).toEqual({ from: 0, to: schemaVersion });
  expect(db.pragma('application_id', { simple: true })).toBe(applicationId);
  expect(inspect(db)).toEqual({ version: schemaVersion, fresh: false });
  expect(db.pragma('foreign_key_check')).toEqual([]);
});

it('holds what the design promises of identity: one active endpoint per address, ids without case, one app per id', () => {
  const db = connectWriter(':memory:');
  migrate(db);
  db.exec("insert into app values (1, 'a', 'A', 1, 0), (2, 'b', 'B', 0, 0)");
  const add = (app: number, uid: string, channel: string, key: string, active: number) =>
    db.prepare("insert into endpoint (app, uid, channel, address, address_key, active, created_at, updated_at) values (?, ?, ?, ?, ?, ?, 0, 0)").run(app, uid, channel, key, key, active);
  add(1, 'one', 'EMAIL', 'ada@example.org', 1);
  expect(() => add(1, 'ONE', 'EMAIL', 'other@example.org', 1)).toThrow(/UNIQUE/);
  expect(() => add(2, 'two', 'EMAIL', 'ada@example.org', 1)).toThrow(/UNIQUE/);
  add(2, 'two', 'EMAIL', 'ada@example.org', 0);
  add(1, 'phone', 'GCM', 'token', 1);
  add(2, 'phone', 'GCM', 'token', 1);
  expect(() => add(1, 'phone 2', 'GCM', 'token', 1)).toThrow(/UNIQUE/);
});

it('refuses a stranger and a newer file, and stops at a failing step with the file as it was', () => {
  const foreign = new Database(':memory:');
  foreign.exec('create table t (x)');
  expect(() => migrate(foreign)).toThrow(expect.objectContaining({ code: 'WORKSPACE_FOREIGN' }) as Error);
  const newer = connectWriter(':memory:');
  migrate(newer);
  newer.pragma(`user_version = ${schemaVersion + 1}`);
  expect(() => migrate(newer)).toThrow(expect.objectContaining({ code: 'WORKSPACE_NEWER' }) as Error);
});
