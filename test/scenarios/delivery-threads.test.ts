import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestHost, type TestHost } from '../support/host.js';
import { plainEmail } from '../support/campaign.js';

let test: TestHost;
beforeEach(() => {
  test = createTestHost();
});
afterEach(() => test.dispose());

describe('a campaign through the real threads', () => {
  it('sends a test through store, scheduler, sender and SMTP into the test mailbox; a launch holds and can be taken back', async () => {
    await test.host.create({ name: 'Kestrel' });
    const { read, write, scheduler, mailbox, collector } = test.host.current()!;
    await write.settings.patch({ postalAddress: 'Kestrel Coffee, Bristol' });
    const { uid } = await write.campaigns.create({ name: 'Spring' });
    const { draft, revision } = await read.campaigns.get({ uid });
    expect(draft.connection).toBe('test-mailbox');
    const segments = await write.segments.create({ name: 'Everybody', tree: { format: 1, root: { type: 'group', match: 'all', of: [] } } });
    const content = { ...plainEmail, subject: 'Hello', html: plainEmail.html.replace('{{User.UserAttributes.FirstName}}', 'all') };
    const saved = await write.campaigns.save({
      uid,
      revision,
      draft: { ...draft, segment: segments.uid, from: { name: 'Kestrel', address: 'hello@kestrel.example' }, treatments: [{ name: 'A', message: { kind: 'inline', content } }] },
    });

    const collectorUrl = collector.status().url;
    expect(collectorUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+/);
    const { run } = await write.delivery.testSend({ uid, addresses: ['qa@example.org', 'boss@example.org'], endpoint: null, collectorUrl });
    await scheduler.tick();
    await vi.waitFor(async () => expect((await read.delivery.runStatus({ run, now: Date.now() })).status).toBe('done'), { timeout: 20_000, interval: 50 });
    expect((await read.delivery.recipients({ run })).rows.map((row) => [row.address, row.state])).toEqual([
      ['qa@example.org', 'sent'],
      ['boss@example.org', 'sent'],
    ]);
    const mails = await mailbox.page({ search: '', offset: 0, limit: 10 });
    expect(mails.map((mail) => mail.subject)).toEqual(['[Test] Hello', '[Test] Hello']);
    const raw = (await mailbox.raw(mails[0]!.id)).toString();
    expect(raw).toContain(`Message-ID: <${run}.`);
    expect(raw).toMatch(/^List-Unsubscribe: <http:\/\/127\.0\.0\.1/m);

    const launched = await write.delivery.launch({ uid, revision: saved.revision, collectorUrl });
    await scheduler.tick();
    expect((await read.campaigns.get({ uid })).status).toBe('hold');
    expect(await write.delivery.takeBack({ run: launched.run })).toEqual({ campaign: uid });
    expect((await read.campaigns.get({ uid })).status).toBe('draft');
  }, 60_000);
});
