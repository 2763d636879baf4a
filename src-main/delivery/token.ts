import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { HeliographError } from '../../src-preload/contract/errors.js';

/**
 * Signed link tokens (design 5): what a link in a message says about itself when somebody opens it, months later, anywhere. They are signed with Ed25519, so that whoever
 * answers the link (this desktop, later a relay) needs only the public key. Signing the same link twice gives the same token.
 *
 * Bytes: `1 head | 1 kid length | kid | 16 run UUID | seq | [link number | target] | 64 signature`, numbers as LEB128, the whole as base64url without padding.
 * `head` is the format version (4 bits), the test flag (1 bit) and the kind (3 bits). Clicks alone carry a number and a target. The run is named by its UUID and not by its
 * row id, because a workspace restored from a backup may give a row id a second time and an unsubscribe must never hit somebody else.
 */
export const tokenKinds = ['open', 'click', 'unsubscribe'] as const;
export type TokenKind = (typeof tokenKinds)[number];

export interface LinkToken {
  readonly kid: string;
  readonly kind: TokenKind;
  /** Sent to a test list: recorded as such, never counted. */
  readonly test: boolean;
  /** The run's uid. */
  readonly run: string;
  /** The message within the run. */
  readonly seq: number;
  /** Position of the link in the message, from 0; -1 for open and unsubscribe. */
  readonly link: number;
  /** Where a click goes; empty for the other kinds. */
  readonly target: string;
}

/** A click's target may have this many bytes. Mail clients and proxies cut longer addresses (2,083 is the oldest limit still met). */
export const maxTargetBytes = 2_048;
/** No token of ours is longer: head, kid (32), run, two numbers, target, signature, in base64. Longer ones are refused before they are decoded. */
export const maxTokenLength = Math.ceil(((2 + 32 + 16 + 16 + maxTargetBytes + 64) * 4) / 3);

const version = 1;
const signatureBytes = 64;
/** Keeps a signature over a link from ever being one over something else made with the same key. */
const context = Buffer.from('heliograph link v1\0', 'latin1');
const kidPattern = /^[A-Za-z0-9_-]{1,32}$/;
const runPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The public keys that `verifyToken` looks in, from SPKI DER by key id. Keys never expire. Throws `BAD_INPUT` for what is no Ed25519 key. */
export function publicKeyRing(keys: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, KeyObject> {
  return new Map(
    [...keys].map(([kid, publicKey]) => {
      const key = parseKey(() => createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' }), kid);
      return [kid, key];
    }),
  );
}

function parseKey(parse: () => KeyObject, kid: string): KeyObject {
  let key: KeyObject;
  try {
    key = parse();
  } catch (cause) {
    throw new HeliographError('BAD_INPUT', { field: 'signing key', kid }, { cause });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new HeliographError('BAD_INPUT', { field: 'signing key', kid });
  return key;
}

export interface LinkMakerOptions {
  readonly keyId: string;
  /** The key itself, or as PKCS #8 DER. */
  readonly privateKey: Uint8Array | KeyObject;
  /** Where the collector is reached: scheme, host, perhaps a path; no query. */
  readonly baseUrl: string;
  /** Marks every link as one of a test send. */
  readonly test?: boolean;
}

export interface LinkMaker {
  /** Address of the open pixel. `run` is the run's uid. */
  open(run: string, seq: number): string;
  /** Address of tracked link number `index` (from 0) that leads to `url`. Throws `BAD_INPUT` for anything but an http(s) address of at most `maxTargetBytes`. */
  click(run: string, seq: number, index: number, url: string): string;
  /** Address of the unsubscribe page, which is also the one-click address of `List-Unsubscribe`. */
  unsubscribe(run: string, seq: number): string;
}

/** Makes the links of messages. About 30 microseconds a link, nearly all of it the signature. */
export function createLinkMaker({ keyId, privateKey, baseUrl, test = false }: LinkMakerOptions): LinkMaker {
  if (!kidPattern.test(keyId)) throw new HeliographError('BAD_INPUT', { field: 'keyId' });
  const key = parseKey(
    () => (privateKey instanceof Uint8Array ? createPrivateKey({ key: Buffer.from(privateKey), type: 'pkcs8', format: 'der' }) : privateKey),
    keyId,
  );
  const base = parseBase(baseUrl);
  const head = tokenKinds.map((_, kind) => Buffer.concat([Buffer.from([(version << 4) | (test ? 8 : 0) | kind, keyId.length]), Buffer.from(keyId, 'latin1')]));
  const make = (kind: TokenKind, run: string, seq: number, tail: readonly Uint8Array[]) => {
    const body = Buffer.concat([context, head[tokenKinds.indexOf(kind)]!, runBytes(run), varint(seq), ...tail]);
    return Buffer.concat([body.subarray(context.length), sign(null, body, key)]).toString('base64url');
  };
  return {
    open: (run, seq) => `${base}/o/${make('open', run, seq, [])}.gif`,
    click: (run, seq, index, url) => `${base}/c/${make('click', run, seq, [varint(index), targetBytes(url)])}`,
    unsubscribe: (run, seq) => `${base}/u/${make('unsubscribe', run, seq, [])}`,
  };
}

/**
 * What an authentic token says, or undefined: unknown key, changed bytes, another format, bytes left over. It tells nothing about whether the message is still known.
 */
export function verifyToken(publicKeys: ReadonlyMap<string, KeyObject>, token: string): LinkToken | undefined {
  if (token.length > maxTokenLength || !/^[A-Za-z0-9_-]+$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  // Base64 has several spellings of the same bytes; a token has one.
  if (bytes.toString('base64url') !== token) return undefined;
  const end = bytes.length - signatureBytes;
  const kidLength = bytes[1] ?? 0;
  if (end < 2 + kidLength + 16 + 1 || bytes[0]! >> 4 !== version) return undefined;
  const kid = bytes.toString('latin1', 2, 2 + kidLength);
  const key = publicKeys.get(kid);
  const kind = tokenKinds[bytes[0]! & 7];
  if (!key || kind === undefined) return undefined;
  if (!verify(null, Buffer.concat([context, bytes.subarray(0, end)]), key, bytes.subarray(end))) return undefined;
  const body = bytes.subarray(0, end);
  const seq = readVarint(body, 2 + kidLength + 16);
  if (!seq) return undefined;
  const token0 = { kid, kind, test: (bytes[0]! & 8) !== 0, run: runText(body.subarray(2 + kidLength, 2 + kidLength + 16)), seq: seq.value };
  if (kind !== 'click') return seq.next === end ? { ...token0, link: -1, target: '' } : undefined;
  const link = readVarint(body, seq.next);
  if (!link) return undefined;
  const target = body.toString('utf8', link.next);
  return isTarget(target) ? { ...token0, link: link.value, target } : undefined;
}

/** Only addresses a browser opens as a page, spelled so that they fit a `Location` header, are targets. */
function isTarget(url: string): boolean {
  if (!/^https?:\/\/[^\s\u0000-\u0020\u007f]+$/i.test(url)) return false;
  return URL.canParse(url) && Buffer.byteLength(url) <= maxTargetBytes;
}

function targetBytes(url: string): Buffer {
  if (!isTarget(url)) throw new HeliographError('BAD_INPUT', { field: 'link', message: 'not an http or https address, or too long' });
  return Buffer.from(url, 'utf8');
}

function parseBase(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
    throw new HeliographError('BAD_INPUT', { field: 'baseUrl' });
  }
  return url.href.replace(/\/+$/, '');
}

function runBytes(run: string): Buffer {
  if (!runPattern.test(run)) throw new HeliographError('BAD_INPUT', { field: 'run' });
  return Buffer.from(run.replaceAll('-', ''), 'hex');
}

function runText(bytes: Buffer): string {
  const h = bytes.toString('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

/** LEB128: seven bits a byte, least first. */
function varint(value: number): Buffer {
  if (!Number.isSafeInteger(value) || value < 0) throw new HeliographError('BAD_INPUT', { field: 'number' });
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 128 : low);
  } while (rest > 0);
  return Buffer.from(bytes);
}

function readVarint(bytes: Buffer, at: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 128 ** i;
    if (byte < 128) return Number.isSafeInteger(value) ? { value, next: at + i + 1 } : undefined;
  }
  return undefined;
}
