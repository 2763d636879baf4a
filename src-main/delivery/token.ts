import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { HeliographError } from '../../src-preload/contract/errors.js';

/**
 * Signed link tokens (design 5): what a link in a message says about itself when somebody opens it, months later, anywhere. They are signed with Ed25519, so that whoever
 * answers the link (this desktop, later a relay) needs only the public key. Signing the same link twice gives the same token.
 *
 * Bytes: `1 head | 1 kid length | kid | 16 run UUID | seq | 64 signature | [64 link signature | link number | target]`, numbers as LEB128, the whole as base64url without padding.
 * `head` is the format version (4 bits), the test flag (1 bit) and the kind (3 bits). Clicks alone carry a number and a target. The run is named by its UUID and not by its
 * row id, because a workspace restored from a backup may give a row id a second time and an unsubscribe must never hit somebody else.
 *
 * The signature covers what stands before it: kind and message. A click's target is signed apart, for its run: a link that is the same for everybody is signed once and not once
 * a message, which was nearly half of what sending cost (2026-11-24, `npm run bench -- send` under --cpu-prof: 15 of 36 s). Who puts the two halves of different messages
 * together gets a link that counts a click of the one on a target of the same run, and nothing else.
 */
export const tokenKinds = ['open', 'click', 'unsubscribe', 'confirm'] as const;
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
  /** Position of the link in the message, from 0; -1 for the other kinds. */
  readonly link: number;
  /** Where a click goes; empty for the other kinds. */
  readonly target: string;
}

/** A click's target may have this many bytes. Mail clients and proxies cut longer addresses (2,083 is the oldest limit still met). */
export const maxTargetBytes = 2_048;
/** No token of ours is longer: head, kid (32), run, two numbers, target, two signatures, in base64. Longer ones are refused before they are decoded. */
export const maxTokenLength = Math.ceil(((2 + 32 + 16 + 16 + maxTargetBytes + 128) * 4) / 3);

const version = 1;
const signatureBytes = 64;
/** Keeps a signature over a link from ever being one over something else made with the same key. */
const messageContext = Buffer.from('heliograph message v1\0', 'latin1');
const targetContext = Buffer.from('heliograph target v1\0', 'latin1');
/** Targets whose signature is remembered: more links than a message has; personal ones come and go. */
const rememberedTargets = 500;
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
  /** Address of the page where a person confirms the topic that the message asks about. */
  confirm(run: string, seq: number): string;
}

/** Makes the links of messages. About 30 microseconds a signature: three a message (its pixel, its clicks, its unsubscribe or confirmation page) and one for each target. */
export function createLinkMaker({ keyId, privateKey, baseUrl, test = false }: LinkMakerOptions): LinkMaker {
  if (!kidPattern.test(keyId)) throw new HeliographError('BAD_INPUT', { field: 'keyId' });
  const key = parseKey(
    () => (privateKey instanceof Uint8Array ? createPrivateKey({ key: Buffer.from(privateKey), type: 'pkcs8', format: 'der' }) : privateKey),
    keyId,
  );
  const base = parseBase(baseUrl);
  const head = tokenKinds.map((_, kind) => Buffer.concat([Buffer.from([(version << 4) | (test ? 8 : 0) | kind, keyId.length]), Buffer.from(keyId, 'latin1')]));
  const targets = new Map<string, Buffer>();
  let clicks: { readonly run: string; readonly seq: number; readonly bytes: Buffer } | undefined;

  /** The message's half of a token. */
  const message = (kind: TokenKind, run: string, seq: number): Buffer => {
    const body = Buffer.concat([head[tokenKinds.indexOf(kind)]!, runBytes(run), varint(seq)]);
    return Buffer.concat([body, sign(null, Buffer.concat([messageContext, body]), key)]);
  };
  const target = (run: string, index: number, url: string): Buffer => {
    const name = `${run} ${index} ${url}`;
    const known = targets.get(name);
    if (known) return known;
    const body = Buffer.concat([varint(index), targetBytes(url)]);
    const made = Buffer.concat([sign(null, signedTarget(keyId, runBytes(run), body), key), body]);
    if (targets.size >= rememberedTargets) targets.clear();
    targets.set(name, made);
    return made;
  };
  return {
    open: (run, seq) => `${base}/o/${message('open', run, seq).toString('base64url')}.gif`,
    click: (run, seq, index, url) => {
      const ofTarget = target(run, index, url);
      if (clicks?.run !== run || clicks.seq !== seq) clicks = { run, seq, bytes: message('click', run, seq) };
      return `${base}/c/${Buffer.concat([clicks.bytes, ofTarget]).toString('base64url')}`;
    },
    unsubscribe: (run, seq) => `${base}/u/${message('unsubscribe', run, seq).toString('base64url')}`,
    confirm: (run, seq) => `${base}/y/${message('confirm', run, seq).toString('base64url')}`,
  };
}

/** What a target's signature covers: the key's name, the run, the link's number and the target. */
function signedTarget(kid: string, run: Uint8Array, body: Uint8Array): Buffer {
  return Buffer.concat([targetContext, Buffer.from([kid.length]), Buffer.from(kid, 'latin1'), run, body]);
}

/**
 * What an authentic token says, or undefined: unknown key, changed bytes, another format, bytes left over. It tells nothing about whether the message is still known.
 */
export function verifyToken(publicKeys: ReadonlyMap<string, KeyObject>, token: string): LinkToken | undefined {
  if (token.length > maxTokenLength || !/^[A-Za-z0-9_-]+$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  // Base64 has several spellings of the same bytes; a token has one.
  if (bytes.toString('base64url') !== token) return undefined;
  const kidLength = bytes[1] ?? 0;
  const runAt = 2 + kidLength;
  const seq = readVarint(bytes, runAt + 16);
  if (!seq || bytes[0]! >> 4 !== version) return undefined;
  const kid = bytes.toString('latin1', 2, runAt);
  const key = publicKeys.get(kid);
  const kind = tokenKinds[bytes[0]! & 7];
  const signed = seq.next + signatureBytes;
  if (!key || kind === undefined || bytes.length < signed) return undefined;
  if (!verify(null, Buffer.concat([messageContext, bytes.subarray(0, seq.next)]), key, bytes.subarray(seq.next, signed))) return undefined;
  const run = bytes.subarray(runAt, runAt + 16);
  const said = { kid, kind, test: (bytes[0]! & 8) !== 0, run: runText(run), seq: seq.value };
  if (kind !== 'click') return bytes.length === signed ? { ...said, link: -1, target: '' } : undefined;
  const body = bytes.subarray(signed + signatureBytes);
  const link = readVarint(body, 0);
  if (!link || !verify(null, signedTarget(kid, run, body), key, bytes.subarray(signed, signed + signatureBytes))) return undefined;
  const target = body.toString('utf8', link.next);
  return isTarget(target) ? { ...said, link: link.value, target } : undefined;
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
