import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { DkimConfig } from '../../../src-preload/contract/connection.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { HeaderLine } from './headers.js';

export interface DkimSigner {
  /** The DKIM-Signature header for these headers and this body (CRLF line ends). It goes before them. `nowMs` becomes `t=`. */
  sign(headers: readonly HeaderLine[], body: Buffer, nowMs: number): HeaderLine;
}

export interface DkimOptions {
  /** Headers that the server will replace, lower case: a signature over them would break on the way. */
  readonly skip?: readonly string[];
}

/** What is signed where it is present (RFC 6376 5.4.1; RFC 8058 wants both list headers). */
const signedNames = ['from', 'to', 'subject', 'date', 'message-id', 'reply-to', 'mime-version', 'content-type', 'content-transfer-encoding', 'list-unsubscribe', 'list-unsubscribe-post', 'list-id', 'feedback-id'];
/** Named once more than they occur, so that nobody can add a second one under our signature (RFC 6376 8.15). */
const oversigned = ['from', 'to', 'subject', 'date', 'reply-to'];

/**
 * Signs relaxed/relaxed with rsa-sha256 (RFC 6376) or ed25519-sha256 (RFC 8463). The library's own signer knows neither Ed25519 nor
 * List-Unsubscribe-Post, hence this one; the tests verify its signatures with mailauth.
 * @param privateKeyPem PKCS#8 or PKCS#1. Throws `BAD_INPUT` when it is none, or not of the configured kind.
 */
export function createDkimSigner(config: Pick<DkimConfig, 'domain' | 'selector' | 'algorithm'>, privateKeyPem: string, options: DkimOptions = {}): DkimSigner {
  const key = readPrivateKey(privateKeyPem);
  if (algorithmOf(key) !== config.algorithm) throw new HeliographError('BAD_INPUT', { field: 'DKIM key', message: `This is not a key for ${config.algorithm}.` });
  const names = signedNames.filter((name) => !options.skip?.includes(name));
  const over = oversigned.filter((name) => names.includes(name));
  return {
    sign(headers, body, nowMs) {
      const present: string[] = [];
      let data = '';
      for (const name of names) {
        // Several of one name are taken from the bottom up (RFC 6376 5.4.2).
        for (const line of headers.filter((h) => h.name.toLowerCase() === name).reverse()) {
          present.push(line.name);
          data += `${relaxedHeader(line)}\r\n`;
        }
      }
      const bodyHash = createHash('sha256').update(relaxedBody(body)).digest('base64');
      const tags = [
        `v=1; a=${config.algorithm}; c=relaxed/relaxed; d=${config.domain};`,
        `s=${config.selector}; t=${Math.floor(nowMs / 1000)};`,
        ...foldList(`h=${[...present, ...over].join(':')};`),
        `bh=${bodyHash};`,
        'b=',
      ];
      const unsigned: HeaderLine = { name: 'DKIM-Signature', value: tags.join('\r\n ') };
      const signature = signData(key, Buffer.from(data + relaxedHeader(unsigned), 'utf8'));
      return { name: unsigned.name, value: unsigned.value + signature.replace(/.{1,72}/g, '\r\n $&') };
    },
  };
}

function signData(key: KeyObject, data: Buffer): string {
  // RFC 8463 3: Ed25519 signs the SHA-256 of the data, not the data.
  if (key.asymmetricKeyType === 'ed25519') return sign(null, createHash('sha256').update(data).digest(), key).toString('base64');
  return sign('sha256', data, key).toString('base64');
}

/** RFC 6376 3.4.2. Only space and tab are white space: a no-break space in UTF-8 stays. */
export function relaxedHeader(line: HeaderLine): string {
  return `${line.name.toLowerCase()}:${line.value
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '')}`;
}

/** RFC 6376 3.4.4 in one pass: runs of white space become one space, none at line ends, no empty lines at the end. */
export function relaxedBody(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length + 2);
  let at = 0;
  let end = 0;
  let space = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i]!;
    if (byte === 0x20 || byte === 0x09) {
      space = true;
    } else if (byte === 0x0d && body[i + 1] === 0x0a) {
      space = false;
      out[at++] = 0x0d;
      out[at++] = 0x0a;
      i++;
    } else {
      if (space) out[at++] = 0x20;
      space = false;
      out[at++] = byte;
      end = at;
    }
  }
  if (end === 0) return Buffer.alloc(0);
  out[end] = 0x0d;
  out[end + 1] = 0x0a;
  return out.subarray(0, end + 2);
}

function foldList(list: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of list.split(/(?<=:)/)) {
    if (line.length + piece.length > 74) {
      lines.push(line);
      line = '';
    }
    line += piece;
  }
  return [...lines, line];
}

function readPrivateKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new HeliographError('BAD_INPUT', { field: 'DKIM key', message: 'This is not a private key in PEM form without a passphrase.' }, { cause });
  }
  algorithmOf(key);
  return key;
}

function algorithmOf(key: KeyObject): DkimConfig['algorithm'] {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519-sha256';
  if (key.asymmetricKeyType === 'rsa') {
    // RFC 8301 3.2: verifiers take no shorter key.
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 1024) throw new HeliographError('BAD_INPUT', { field: 'DKIM key', message: 'An RSA key needs at least 1024 bits; 2048 is usual.' });
    return 'rsa-sha256';
  }
  throw new HeliographError('BAD_INPUT', { field: 'DKIM key', message: 'Only RSA and Ed25519 keys can sign mail.' });
}

/** The public half of a private key, as `p=` wants it (RFC 6376 3.6.1; RFC 8463 4). Throws `BAD_INPUT` for what is no usable key. */
export function dkimPublicKey(privateKeyPem: string): { algorithm: DkimConfig['algorithm']; publicKey: string } {
  const key = readPrivateKey(privateKeyPem);
  const algorithm = algorithmOf(key);
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  // An Ed25519 SubjectPublicKeyInfo is 12 octets of wrapping and the 32 of the key.
  return { algorithm, publicKey: (algorithm === 'ed25519-sha256' ? spki.subarray(-32) : spki).toString('base64') };
}

/** A new RSA-2048 key pair: what every verifier takes. The private half in PKCS#8 PEM. */
export async function generateDkimKey(): Promise<{ privateKeyPem: string; algorithm: DkimConfig['algorithm']; publicKey: string }> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
  return { privateKeyPem: privateKey, ...dkimPublicKey(privateKey) };
}
