import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLinkMaker } from '../../src-main/delivery/token.js';
import { createTestHost, type TestHost } from '../support/host.js';

let test: TestHost;
beforeEach(() => {
  test = createTestHost();
});
afterEach(() => test.dispose());

it('answers from its own thread with the keys of the workspace, at the same address after a restart', async () => {
  const { folder } = await test.host.create({ name: 'Collects' });
  const workspace = test.host.current()!;
  const { url } = workspace.collector.status();
  expect(workspace.collector.status()).toMatchObject({ state: 'running', problem: null });
  const { kid, privateKey } = await workspace.secrets.signingKey();
  const link = createLinkMaker({ keyId: kid, privateKey, baseUrl: url! }).unsubscribe('019ab3c0-1111-7222-8333-444455556666', 1);
  expect([(await fetch(`${url}/health`)).status, (await fetch(link)).status, (await fetch(`${link}A`)).status]).toEqual([200, 200, 404]);
  // Through the store thread: the message is unknown, the act is kept, the answer is 200 (RFC 8058).
  expect((await fetch(link, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) })).status).toBe(200);
  await workspace.collector.verify(url!);

  await test.host.close();
  await expect(fetch(`${url}/health`)).rejects.toThrow();
  await test.host.open(folder);
  expect(test.host.current()!.collector.status().url).toBe(url);
  expect((await fetch(link)).status).toBe(200);
}, 120_000);
