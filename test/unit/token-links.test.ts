import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLinkMaker, maxTargetBytes, maxTokenLength, publicKeyRing, verifyToken } from '../../src-main/delivery/token.js';
import { signingKey } from '../support/signing-key.js';

const key = signingKey('key-1');
const other = signingKey('key-2');
const ring = publicKeyRing(new Map([[key.kid, key.publicKey], [other.kid, other.publicKey]]));
const maker = createLinkMaker({ keyId: key.kid, privateKey: key.privateKey, baseUrl: 'https://mail.example.org/h/' });
const run = '019ab3c0-1111-7222-8333-444455556666';
const tokenOf = (url: string) => url.replace(/^.*\/[ocu]\//, '').replace(/\.gif$/, '');

describe('link tokens', () => {
  it('say which message they belong to and where they lead', () => {
    expect(verifyToken(ring, tokenOf(maker.open(run, 0)))).toEqual({ kid: key.kid, kind: 'open', test: false, run, seq: 0, link: -1, target: '' });
    expect(verifyToken(ring, tokenOf(maker.unsubscribe(run, 999_999)))).toEqual({ kid: key.kid, kind: 'unsubscribe', test: false, run, seq: 999_999, link: -1, target: '' });
    expect(verifyToken(ring, tokenOf(maker.click(run, 300, 2, 'https://shop.example/ä?x=1&y=%20#z')))).toEqual({
      kid: key.kid, kind: 'click', test: false, run, seq: 300, link: 2, target: 'https://shop.example/ä?x=1&y=%20#z',
    });
    const test = createLinkMaker({ keyId: other.kid, privateKey: other.privateKey, baseUrl: 'http://127.0.0.1:4321', test: true });
    expect(verifyToken(ring, tokenOf(test.open(run, 5)))).toMatchObject({ kid: other.kid, test: true, seq: 5 });
  });

  it('stand under the base address, the same each time, and short', () => {
    expect(maker.open(run, 7)).toMatch(/^https:\/\/mail\.example\.org\/h\/o\/[A-Za-z0-9_-]{118,126}\.gif$/);
    expect(maker.unsubscribe(run, 7)).toMatch(/^https:\/\/mail\.example\.org\/h\/u\/[A-Za-z0-9_-]+$/);
    expect(maker.click(run, 7, 0, 'https://a.example/')).toBe(maker.click(run, 7, 0, 'https://a.example/'));
  });

  it('carry any message and any target (property)', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 }), fc.nat({ max: 5_000 }), fc.webUrl({ withQueryParameters: true, withFragments: true }), (seq, link, target) => {
        expect(verifyToken(ring, tokenOf(maker.click(run, seq, link, target)))).toMatchObject({ kind: 'click', run, seq, link, target });
      }),
    );
  });

  it('are refused when any one character is changed, cut or added', () => {
    const token = tokenOf(maker.click(run, 12, 1, 'https://shop.example/spring'));
    for (let i = 0; i < token.length; i++) {
      const changed = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
      expect(verifyToken(ring, changed), `character ${i}`).toBeUndefined();
      expect(verifyToken(ring, token.slice(0, i)), `cut at ${i}`).toBeUndefined();
    }
    expect(verifyToken(ring, `${token}A`)).toBeUndefined();
    expect(verifyToken(ring, `${token}=`)).toBeUndefined();
  });

  it('take no target of another run, and no half of another kind', () => {
    const elsewhere = '019ab3c0-2222-7222-8333-444455556666';
    const bytes = (url: string) => Buffer.from(tokenOf(url), 'base64url');
    const half = bytes(maker.unsubscribe(run, 7)).length;
    const mixed = (one: string, two: string) => Buffer.concat([bytes(one).subarray(0, half), bytes(two).subarray(half)]).toString('base64url');
    const click = maker.click(run, 7, 1, 'https://shop.example/spring');
    expect(verifyToken(ring, mixed(click, maker.click(run, 7, 1, 'https://shop.example/summer')))).toMatchObject({ seq: 7, target: 'https://shop.example/summer' });
    expect(verifyToken(ring, mixed(click, maker.click(elsewhere, 7, 1, 'https://shop.example/summer')))).toBeUndefined();
    // Who was handed a click cannot make an unsubscribe of it.
    const turned = bytes(click).subarray(0, half);
    turned[0] = bytes(maker.unsubscribe(run, 7))[0]!;
    expect(verifyToken(ring, turned.toString('base64url'))).toBeUndefined();
    expect(verifyToken(ring, bytes(click).subarray(0, half).toString('base64url'))).toBeUndefined();
  });

  it('are refused under another key, an unknown key, or as rubbish', () => {
    const token = tokenOf(maker.open(run, 1));
    expect(verifyToken(publicKeyRing(new Map([[other.kid, other.publicKey]])), token)).toBeUndefined();
    expect(verifyToken(publicKeyRing(new Map([[key.kid, other.publicKey]])), token)).toBeUndefined();
    for (const rubbish of ['', 'A', '..', '/', '%00', '\0', 'A'.repeat(maxTokenLength + 1), 'A'.repeat(200), '__proto__', 'Ω'.repeat(100)]) expect(verifyToken(ring, rubbish)).toBeUndefined();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => verifyToken(ring, Buffer.from(bytes).toString('base64url')) === undefined));
  });

  it('lead only to http and https addresses of a sane length', () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'https://', 'ftp://a.example', 'https://a.example/ b', 'https://a.example/\r\nSet-Cookie: a=b', 'https://a.example/\0', '']) {
      expect(() => maker.click(run, 1, 0, url), url).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
    }
    const longest = `https://a.example/${'a'.repeat(maxTargetBytes - 18)}`;
    expect(tokenOf(maker.click(run, 2 ** 40, 9_999, longest)).length).toBeLessThanOrEqual(maxTokenLength);
    expect(verifyToken(ring, tokenOf(maker.click(run, 1, 0, longest)))?.target).toBe(longest);
    expect(() => maker.click(run, 1, 0, `${longest}a`)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it('refuse to be made from nonsense', () => {
    const bad: unknown = expect.objectContaining({ code: 'BAD_INPUT' });
    expect(() => maker.open('not-a-run', 1)).toThrow(bad);
    expect(() => maker.open(run, -1)).toThrow(bad);
    expect(() => maker.open(run, 1.5)).toThrow(bad);
    expect(() => createLinkMaker({ keyId: 'a b', privateKey: key.privateKey, baseUrl: 'https://a.example' })).toThrow(bad);
    expect(() => createLinkMaker({ keyId: 'k', privateKey: Buffer.from('x'), baseUrl: 'https://a.example' })).toThrow(bad);
    expect(() => createLinkMaker({ keyId: 'k', privateKey: generateKeyPairSync('x25519').privateKey, baseUrl: 'https://a.example' })).toThrow(bad);
    for (const baseUrl of ['', 'a.example', 'ftp://a.example', 'https://u:p@a.example', 'https://a.example/?x=1']) {
      expect(() => createLinkMaker({ keyId: 'k', privateKey: key.privateKey, baseUrl })).toThrow(bad);
    }
  });
});
