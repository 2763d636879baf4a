import { expect, it } from 'vitest';
import { workspaceOperations as ops } from '../../src-main/settings/index.js';
import { createMemoryStore } from '../support/memory-store.js';

it('says of a copy of a restored workspace that it is both: restored, and a copy', () => {
  const store = createMemoryStore();
  store.write(ops.initialise, { name: 'Kestrel', machine: 'm', path: '/a' });
  store.write(ops.pauseSending, 'restored');
  expect(store.write(ops.opened, { machine: 'm', path: '/a' })).toMatchObject({ moved: false, row: { sending_paused: 'restored' } });
  expect(store.write(ops.opened, { machine: 'm', path: '/b' })).toMatchObject({ moved: true, row: { sending_paused: 'moved_restored' } });
  store.write(ops.resumeSending, undefined);
  expect(store.write(ops.opened, { machine: 'm', path: '/c' })).toMatchObject({ moved: true, row: { sending_paused: 'moved' } });
});
