import { describe, expect, it } from 'vitest';
import type { EmailContent } from '../../src-preload/contract/template.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { deliveryOperations as ops, deliveryQueries as queries } from '../../src-main/delivery/operations.js';
import { createComposer, outcomeOfError } from '../../src-main/delivery/compose.js';
import type { SenderJob, SenderLinks } from '../../src-main/delivery/sender-port.js';
import { publicKeyRing, verifyToken } from '../../src-main/delivery/token.js';
import { collectorUrl, insertConnection, insertPeople, launchAndOpen, plainEmail, readyCampaign } from '../support/campaign.js';
import { createMemoryStore } from '../support/memory-store.js';
import { signingKey } from '../support/signing-key.js';

const key = signingKey('k1');
const ring = publicKeyRing(new Map([[key.kid, key.publicKey]]));
const tracked: SenderLinks = { kind: 'tracked', base: 'https://news.kestrel.example', keyId: key.kid, privateKey: key.privateKey };
const mailto: SenderLinks = { kind: 'mailto', address: 'stop@kestrel.example' };

function composed(options: { links?: SenderLinks; content?: EmailContent; pinned?: Partial<SenderJob['pinned']>; kind?: 'campaign' | 'test' } = {}) {
  const store = createMemoryStore();
  insertConnection(store);
  insertPeople(store, [{ address: 'ada@example.org', firstName: 'Ada' }]);
  const run = launchAndOpen(store, readyCampaign(store, options.content ? { content: options.content } : {}));
  const { epoch } = store.write(ops.startSender, undefined);
  const message = store.write(ops.claim, { epoch, run: run.id, results: [], window: 1 }).messages[0]!;
  const plan = store.read(queries.plan, { run: run.id, collectorUrl });
  const job: SenderJob = {
    ...plan,
    kind: options.kind ?? plan.kind,
    run: run.id,
    pinned: { ...plan.pinned, ...options.pinned },
    links: options.links ?? tracked,
    connection: { uid: 'test-mailbox', provider: 'sandbox', config: {} as SenderJob['connection']['config'], secret: { password: '' } },
  };
  return { run: run.uid, message, job, email: createComposer(job).compose(message) };
}

const token = (url: string) => verifyToken(ring, /\/[ocu]\/([A-Za-z0-9_-]+)/.exec(url)?.[1] ?? '');

describe('messages of a run', () => {
  it('carries the person’s data, tracked links, a pixel and one-click unsubscribe', () => {
    const { run, email } = composed();
    expect({ ...email, html: '', text: '', headers: [] }).toEqual({
      messageId: `<${run}.1@kestrel.example>`,
      from: { name: 'Kestrel', address: 'hello@kestrel.example' },
      to: { address: 'ada@example.org' },
      subject: 'News for Ada',
      html: '',
      text: '',
      headers: [],
    });
    expect(email.headers.map(([name]) => name)).toEqual(['List-Unsubscribe', 'List-Unsubscribe-Post']);
    const unsubscribe = /^<(https:\/\/news\.kestrel\.example\/u\/[\w-]+)>$/.exec(email.headers[0]![1])![1]!;
    expect(email.headers[1]![1]).toBe('List-Unsubscribe=One-Click');
    const common = { kid: 'k1', test: false, run, seq: 1 };
    expect(token(unsubscribe)).toEqual({ ...common, kind: 'unsubscribe', link: -1, target: '' });
    const links = [...email.html.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => token(match[1]!));
    expect(links).toEqual([
      { ...common, kind: 'click', link: 0, target: 'https://kestrel.example/shop' },
      { ...common, kind: 'unsubscribe', link: -1, target: '' },
      { ...common, kind: 'open', link: -1, target: '' },
    ]);
    expect(email.html).toContain('Kestrel Coffee, 12 Harbour Street, Bristol');
  });

  it('tracks nothing and unsubscribes by mail where nobody can reach us', () => {
    const { email } = composed({ links: mailto });
    const address = 'mailto:stop@kestrel.example?subject=Unsubscribe%20ada%40example.org';
    expect(email.headers).toEqual([['List-Unsubscribe', `<${address}>`]]);
    expect([...email.html.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1])).toEqual(['https://kestrel.example/shop', address]);
  });

  it('tracks what the campaign asks for and no more', () => {
    const { email } = composed({ pinned: { trackOpens: false, trackClicks: false } });
    expect([...email.html.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => token(match[1]!)?.kind ?? match[1])).toEqual(['https://kestrel.example/shop', 'unsubscribe']);
  });

  it('marks a test in subject and links, and a receipt carries no list headers', () => {
    const test = composed({ kind: 'test' }).email;
    expect(test.subject).toBe('[Test] News for Ada');
    expect(token(test.headers[0]![1])?.test).toBe(true);
    expect(composed({ pinned: { purpose: 'transactional' } }).email.headers).toEqual([]);
  });

  it('lets the template say from whom and where replies go', () => {
    const { email } = composed({ content: { ...plainEmail, fromName: '{{User.UserAttributes.FirstName}}’s barista', replyTo: 'bar@kestrel.example' }, pinned: { replyTo: 'other@kestrel.example' } });
    expect([email.from.name, email.replyTo]).toEqual(['Ada’s barista', 'bar@kestrel.example']);
  });

  it('leads straight to an address that no token can carry', () => {
    const far = `https://kestrel.example/${'x'.repeat(3000)}`;
    const { email } = composed({ content: { ...plainEmail, html: `${plainEmail.html}<a href="${far}">far</a>` } });
    expect(email.html).toContain(`href="${far}"`);
  });

  it('knows which errors mean that nothing was sent', () => {
    expect(outcomeOfError(new HeliographError('MISSING_VARIABLE', { variable: 'Location.City', field: 'html' }))).toEqual({ kind: 'skipped', reason: 'missing_variable', detail: 'Location.City' });
    expect(outcomeOfError(new HeliographError('BAD_ADDRESS', { field: 'To', reason: 'bad domain' }))).toEqual({ kind: 'skipped', reason: 'bad_address', detail: 'bad domain' });
    expect(outcomeOfError(new HeliographError('BAD_ADDRESS', { field: 'From', reason: 'bad domain' }))).toEqual({ kind: 'refused', class: 'ours', response: 'From: bad domain' });
    expect(outcomeOfError(new HeliographError('HEADER_INJECTION', { field: 'Subject' }))).toMatchObject({ kind: 'skipped', reason: 'render_failed' });
    expect(outcomeOfError(new HeliographError('INTERNAL'))).toBe(undefined);
    expect(outcomeOfError(new Error('socket'))).toBe(undefined);
  });
});
