import { generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify';
import { describe, expect, it } from 'vitest';
import { createDkimSigner, dkimPublicKey, generateDkimKey, relaxedBody } from '../../src-main/channels/email/dkim.js';
import { buildMessage } from '../../src-main/channels/email/message.js';
import { dkimRecord } from '../../src-preload/contract/connection.js';
import type { OutgoingEmail } from '../../src-main/channels/port.js';
import { seededRandom } from '../support/random.js';

const nowMs = Date.UTC(2026, 10, 24, 9, 0, 0);
const message: OutgoingEmail = {
  messageId: '<1@example.com>',
  from: { name: 'Müller', address: 'news@example.com' },
  to: { name: 'Ada', address: 'ada@example.org' },
  replyTo: 'r@example.com',
  subject: `Grüße ${'lang '.repeat(40)}`,
  html: '<p>a  b \n\n\n</p>\n\n\n',
  text: 'Text  with   blanks \n\n.\n\n',
  headers: [
    ['List-Unsubscribe', '<https://c.example.com/u/abc>'],
    ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
  ],
};

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }).privateKey;
const ed = generateKeyPairSync('ed25519', { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }).privateKey;

function signed(pem: string, over: Partial<OutgoingEmail> = {}) {
  const { algorithm, publicKey } = dkimPublicKey(pem);
  const config = { domain: 'example.com', selector: 'heliograph', algorithm, publicKey };
  const { raw } = buildMessage({ ...message, ...over }, { random: seededRandom(3), nowMs, dkim: createDkimSigner(config, pem) });
  const record = dkimRecord(config);
  const verify = async (bytes: Buffer) => {
    const { results } = await dkimVerify(bytes, { resolver: (name: string) => Promise.resolve(name === record.name ? [[record.value]] : []), sender: 'news@example.com' });
    return results.map((r) => ({ result: r.status.result, aligned: r.status.aligned, domain: r.signingDomain, algo: r.algo }));
  };
  return { raw, verify };
}

describe('DKIM', () => {
  it.each([
    ['rsa-sha256', rsa],
    ['ed25519-sha256', ed],
  ])('%s signatures are verified by mailauth', async (algo, pem) => {
    const { raw, verify } = signed(pem);
    expect(await verify(raw)).toEqual([{ result: 'pass', aligned: 'example.com', domain: 'example.com', algo }]);
    // Relays may touch white space and fold anew; relaxed canonicalisation forgives that.
    expect(await verify(Buffer.from(raw.toString('latin1').replace('Subject: ', 'Subject:   '), 'latin1'))).toMatchObject([{ result: 'pass' }]);
  });

  it('breaks when what it covers is changed or added', async () => {
    const { raw, verify } = signed(rsa);
    const change = (from: string, to: string) => Buffer.from(raw.toString('latin1').replace(from, to), 'latin1');
    const results = async (bytes: Buffer) => (await verify(bytes))[0]?.result;
    expect({
      body: await results(change('Text', 'Tent')),
      list: await results(change('List-Unsubscribe: <https://c.example.com/u/abc>', 'List-Unsubscribe: <https://evil.example/>')),
      post: await results(change('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n', '')),
      secondFrom: await results(change('To: Ada', 'From: Eve <eve@example.com>\r\nTo: Ada')),
      secondSubject: await results(change('To: Ada', 'Subject: Evil\r\nTo: Ada')),
    }).toEqual({ body: 'neutral', list: 'fail', post: 'fail', secondFrom: 'fail', secondSubject: 'fail' });
  });

  it('names both list headers among the signed ones', () => {
    const { raw } = signed(rsa);
    const header = /^DKIM-Signature: ([\s\S]*?)\r\n(?! )/.exec(raw.toString('latin1'))![1]!.replace(/\s+/g, '');
    expect(/;h=([^;]*);/.exec(header)![1]!.toLowerCase().split(':')).toEqual(['from', 'to', 'subject', 'date', 'message-id', 'reply-to', 'mime-version', 'content-type', 'list-unsubscribe', 'list-unsubscribe-post', 'from', 'to', 'subject', 'date', 'reply-to']);
  });

  it('verifies for an HTML-only message and an empty-looking body', async () => {
    expect(await signed(ed, { text: '', html: ' \n\n' }).verify(signed(ed, { text: '', html: ' \n\n' }).raw)).toMatchObject([{ result: 'pass' }]);
  });

  it('canonicalises a body as RFC 6376 3.4.5 shows', () => {
    expect(relaxedBody(Buffer.from(' C \r\nD \t E\r\n\r\n\r\n')).toString()).toBe(' C\r\nD E\r\n');
    expect(relaxedBody(Buffer.from('\r\n\r\n')).length).toBe(0);
    expect(relaxedBody(Buffer.from('no end')).toString()).toBe('no end\r\n');
  });

  it('makes an RSA-2048 key with its record', async () => {
    const key = await generateDkimKey();
    expect(dkimPublicKey(key.privateKeyPem)).toEqual({ algorithm: key.algorithm, publicKey: key.publicKey });
    expect(dkimRecord({ domain: 'example.com', selector: 's1', algorithm: key.algorithm, publicKey: key.publicKey })).toEqual({ name: 's1._domainkey.example.com', type: 'TXT', value: `v=DKIM1; k=rsa; p=${key.publicKey}` });
    expect(Buffer.from(key.publicKey, 'base64').length).toBe(294);
  });

  it('refuses what is no key or the wrong kind', () => {
    const code = (run: () => unknown) => {
      try {
        return run();
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    const weak = generateKeyPairSync('rsa', { modulusLength: 512, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }).privateKey;
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }).privateKey;
    expect([code(() => dkimPublicKey('nonsense')), code(() => dkimPublicKey(weak)), code(() => dkimPublicKey(ec)), code(() => createDkimSigner({ domain: 'a.b', selector: 's', algorithm: 'rsa-sha256' }, ed))]).toEqual(['BAD_INPUT', 'BAD_INPUT', 'BAD_INPUT', 'BAD_INPUT']);
  });
});
