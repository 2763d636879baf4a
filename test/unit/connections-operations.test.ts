import { describe, expect, it } from 'vitest';
import { connectionOperations as op, connectionQueries as q } from '../../src-main/channels/index.js';
import type { WriteDb } from '../../src-main/store/db.js';
import { sql } from '../../src-main/store/sql.js';
import { type ConnectionView, sandboxConnectionUid, smtpConfig } from '../../src-preload/contract/connection.js';
import { createMemoryStore } from '../support/memory-store.js';

const config = smtpConfig.parse({ host: 'smtp.example.com', port: 587, tls: 'starttls', user: 'u' });

function withOne() {
  const store = createMemoryStore();
  const { uid } = store.write(op.add, { name: 'Office', config, secretBits: 1 });
  return { store, uid, view: () => store.read(q.get, { uid }) };
}

describe('connections', () => {
  it('has the test mailbox from the start, last in the list, and nobody can change or remove it', () => {
    const { store, uid } = withOne();
    expect(store.read(q.list, undefined).map((c: ConnectionView) => [c.uid, c.provider, c.config === null])).toEqual([
      [uid, 'smtp', false],
      [sandboxConnectionUid, 'sandbox', true],
    ]);
    expect(() => store.write(op.remove, { uid: sandboxConnectionUid })).toThrow('NOT_ALLOWED');
    expect(() => store.write(op.edit, { uid: sandboxConnectionUid, name: 'x', config, secretBits: 0, secretChanged: false })).toThrow('NOT_ALLOWED');
  });

  it('stores a connection unverified, tells what changed and leaves an audit line without secrets', () => {
    const { store, uid, view } = withOne();
    expect(view()).toEqual({
      id: 2, uid, name: 'Office', channel: 'EMAIL', provider: 'smtp', config, hasSecret: true, hasDkimKey: false, verifiedAt: null, lastError: null, createdAt: store.now, updatedAt: store.now,
    });
    expect(store.changes).toEqual([{ table: 'connection', fromId: 2, toId: 2 }]);
    expect(store.db.all(sql`select action, subject, detail from audit`)).toEqual([{ action: 'connection.add', subject: `connection:${uid}`, detail: '{"host":"smtp.example.com","port":587,"tls":"starttls"}' }]);
  });

  it('refuses a second of the same name, and readable text over a network', () => {
    const { store } = withOne();
    expect(() => store.write(op.add, { name: 'OFFICE', config, secretBits: 0 })).toThrow('BAD_INPUT');
    expect(() => store.write(op.add, { name: 'Plain', config: { ...config, tls: 'none' }, secretBits: 0 })).toThrow('BAD_INPUT');
    expect(() => store.write(op.add, { name: 'Plain', config: { ...config, tls: 'none', allowPlainText: true }, secretBits: 0 })).not.toThrow();
  });

  it('forgets a verification when what was verified changes, and only then', () => {
    const { store, uid, view } = withOne();
    store.write(op.markVerified, { uid, error: null });
    const verifiedAt = store.now;
    store.now += 1000;
    store.write(op.edit, { uid, name: 'Office 2', config: { ...config, messagesPerSecond: 3 }, secretBits: 1, secretChanged: false });
    expect(view()).toMatchObject({ name: 'Office 2', verifiedAt, config: { messagesPerSecond: 3 } });
    store.write(op.edit, { uid, name: 'Office 2', config: { ...config, port: 465, tls: 'implicit' }, secretBits: 1, secretChanged: false });
    expect(view().verifiedAt).toBeNull();
    store.write(op.markVerified, { uid, error: null });
    store.write(op.edit, { uid, name: 'Office 2', config: { ...config, port: 465, tls: 'implicit' }, secretBits: 3, secretChanged: true });
    expect(view()).toMatchObject({ verifiedAt: null, hasSecret: true, hasDkimKey: true });
  });

  it('keeps the last error: a failed verification unverifies, trouble while sending does not', () => {
    const { store, uid, view } = withOne();
    store.write(op.markVerified, { uid, error: null });
    store.write(op.noteHealth, { uid, error: 'x'.repeat(900) });
    expect([view().verifiedAt, view().lastError?.length]).toEqual([store.now, 500]);
    store.write(op.noteHealth, { uid, error: null });
    expect(view().lastError).toBeNull();
    store.write(op.markVerified, { uid, error: 'no' });
    expect([view().verifiedAt, view().lastError]).toEqual([null, 'no']);
    store.write(op.noteHealth, { uid: 'gone', error: 'x' });
  });

  it('is not removed under an unfinished run, and is after it', () => {
    const { store, uid } = withOne();
    const run = (db: WriteDb, state: string) => {
      db.run(sql`insert or ignore into campaign (id, uid, name, state, draft, version, created_at, updated_at) values (1, 'c1', 'Autumn', 'launched', '{}', 1, 0, 0)`);
      db.run(sql`insert or ignore into campaign_version (campaign, version, content, created_at, actor) values (1, 1, ${JSON.stringify({ name: 'Autumn', connection: uid })}, 0, '{}')`);
      db.run(sql`insert or replace into run (id, uid, campaign, campaign_version, kind, state, created_at) values (1, 'r1', 1, 1, 'campaign', ${state}, 0)`);
    };
    for (const state of ['hold', 'ask', 'freezing', 'sending']) {
      store.write(run, state);
      expect(() => store.write(op.remove, { uid })).toThrow('CONNECTION_IN_USE {"by":"Autumn"}');
    }
    store.write(run, 'done');
    store.write(op.remove, { uid });
    expect(() => store.read(q.get, { uid })).toThrow('NOT_FOUND');
    expect(store.read(q.list, undefined).map((c: ConnectionView) => c.uid)).toEqual([sandboxConnectionUid]);
    store.write(op.add, { name: 'Office', config, secretBits: 0 });
  });

  it('says which row is damaged instead of showing nonsense', () => {
    const { store, uid } = withOne();
    store.write((db: WriteDb) => void db.run(sql`update connection set config = '{"host":1}' where uid = ${uid}`), undefined);
    expect(() => store.read(q.get, { uid })).toThrow(`WORKSPACE_CORRUPT {"object":"connection ${uid}"}`);
  });
});
