import { createCipheriv, createDecipheriv, scrypt } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { Random } from './random.js';

/** The shell's place for one small secret (a workspace's data key): Electron's safeStorage, or a key file of mode 0600 apart from the workspace. */
export interface SecretBox {
  /** Shown in Settings and kept beside what it sealed: `safeStorage`, `keyFile`. */
  readonly name: string;
  seal(plain: Buffer): Promise<Buffer>;
  /** Throws `SECRETS_LOCKED` when this box did not seal it, or is another machine's. */
  open(sealed: Buffer): Promise<Buffer>;
}

/** AES-256-GCM as `nonce(12) | tag(16) | cipher`; `context` is authenticated too, so a sealed value cannot be moved under another name. */
export function sealWith(key: Buffer, plain: Buffer, context: string, random: Random): Buffer {
  const nonce = random.bytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** The reverse of `sealWith`. Throws when key, context or a byte is not the same. */
export function openWith(key: Buffer, sealed: Buffer, context: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}

export interface ScryptParams {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  /** base64 */
  readonly salt: string;
}

/** OWASP's password storage advice for scrypt (2^17, 8, 1): about 128 MiB and a third of a second. */
export const scryptDefaults = { N: 2 ** 17, r: 8, p: 1 } as const;

/** Derives 32 bytes from a passphrase, off the main thread. The passphrase is NFKC-normalised, so that it can be typed on any keyboard. */
export function deriveKey(passphrase: string, params: ScryptParams): Promise<Buffer> {
  const { N, r, p } = params;
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), Buffer.from(params.salt, 'base64'), 32, { N, r, p, maxmem: 256 * N * r }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/**
 * The headless shell's box: a random key in a file of mode 0600 kept outside the workspace, so that a copied workspace does not carry it.
 * Refuses a key file that others may read (`NO_SECRET_BOX`).
 */
export function keyFileBox(file: string, random: Random): SecretBox {
  const key = (): Buffer => {
    if (!existsSync(file)) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, random.bytes(32), { mode: 0o600, flag: 'wx' });
      chmodSync(file, 0o600);
    }
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) throw new HeliographError('NO_SECRET_BOX', { file, problem: 'readable by others' });
    const bytes = readFileSync(file);
    if (bytes.length !== 32) throw new HeliographError('NO_SECRET_BOX', { file, problem: 'not a key file' });
    return bytes;
  };
  return {
    name: 'keyFile',
    seal: (plain) => Promise.resolve().then(() => sealWith(key(), plain, 'heliograph data key', random)),
    open: (sealed) =>
      Promise.resolve().then(() => {
        const bytes = key();
        try {
          return openWith(bytes, sealed, 'heliograph data key');
        } catch (error) {
          throw new HeliographError('SECRETS_LOCKED', {}, { cause: error });
        }
      }),
  };
}
