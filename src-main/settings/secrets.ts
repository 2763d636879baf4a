import { createPrivateKey, generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { SecretsStatus } from '../../src-preload/contract/secrets.js';
import type { Random } from '../platform/random.js';
import { deriveKey, openWith, scryptDefaults, type SecretBox, sealWith } from '../platform/secret-box.js';
import type { Reader, Writer } from '../store/operation.js';
import { eraseKeyName } from '../store/suppressions-log.js';
import type { secretOperations, secretQueries } from './secrets.rows.js';

/**
 * The envelope of design 5: one data key per workspace seals credentials and signing keys; the key itself is sealed by the shell's box and by the
 * recovery passphrase. Values go in through the contract and come out only on this side of it.
 */
export interface Secrets {
  status(): Promise<SecretsStatus>;
  /** Stores a credential. Throws `PASSPHRASE_REQUIRED` while no recovery passphrase is set, `SECRETS_LOCKED` while locked. */
  put(name: string, value: string): Promise<void>;
  /** For threads that use it. Throws `NOT_FOUND`, `SECRETS_LOCKED`. */
  get(name: string): Promise<string>;
  remove(name: string): Promise<void>;
  /** Sets or changes the recovery passphrase. */
  setPassphrase(passphrase: string): Promise<void>;
  /** Opens the key with the recovery passphrase on a machine whose box cannot, and seals it for this box. Throws `WRONG_PASSPHRASE`. */
  unlock(passphrase: string): Promise<void>;
  /** The newest link-signing key. */
  signingKey(): Promise<{ kid: string; privateKey: KeyObject }>;
  /** The key under whose hashes erased people are remembered; made at the first call. Throws `SECRETS_LOCKED`. */
  eraseKey(): Promise<Buffer>;
  /** Every key a link may still be signed with: SPKI, DER, by key id. */
  publicKeys(): Promise<ReadonlyMap<string, Buffer>>;
}

const scryptParams = z.object({ N: z.number().int().max(2 ** 20), r: z.number().int().max(32), p: z.number().int().max(16), salt: z.string().max(200) });
const makeKeyPair = promisify(generateKeyPair);
const passphraseContext = 'heliograph recovery';

export async function createSecrets(ports: {
  read: Reader<typeof secretQueries>;
  write: Writer<typeof secretOperations>;
  box: SecretBox | null;
  random: Random;
}): Promise<Secrets> {
  const { read, write, box, random } = ports;
  let dataKey: Buffer | undefined;

  const wraps = await read.wraps(undefined);
  const boxed = wraps.find((wrap) => wrap.kind === 'box');
  if (wraps.length === 0) {
    // A new workspace makes its keys at once.
    if (!box) throw new HeliographError('NO_SECRET_BOX');
    dataKey = random.bytes(32);
    await sealForBox(dataKey);
    await addSigningKey(dataKey);
  } else if (box && boxed && (JSON.parse(boxed.params) as { box?: unknown }).box === box.name) {
    dataKey = await box.open(Buffer.from(boxed.wrapped)).catch((error: unknown) => {
      if (error instanceof HeliographError && error.code === 'SECRETS_LOCKED') return undefined;
      throw error;
    });
  }

  async function sealForBox(key: Buffer): Promise<void> {
    if (box) await write.putWrap({ kind: 'box', params: JSON.stringify({ box: box.name }), wrapped: await box.seal(key) });
  }
  async function addSigningKey(key: Buffer): Promise<void> {
    const { publicKey, privateKey } = await makeKeyPair('ed25519', { publicKeyEncoding: { type: 'spki', format: 'der' }, privateKeyEncoding: { type: 'pkcs8', format: 'der' } });
    const kid = random.bytes(4).toString('hex');
    await write.addSigningKey({ kid, public_key: publicKey, sealed_private_key: sealWith(key, privateKey, `signing_key:${kid}`, random) });
  }
  const key = (): Buffer => {
    if (!dataKey) throw new HeliographError('SECRETS_LOCKED');
    return dataKey;
  };
  const passphraseWrap = async () => (await read.wraps(undefined)).find((wrap) => wrap.kind === 'passphrase');

  return {
    status: async () => ({ state: dataKey ? 'ready' : 'locked', hasPassphrase: (await passphraseWrap()) !== undefined, box: box?.name ?? null }),
    async put(name, value) {
      const sealed = sealWith(key(), Buffer.from(value, 'utf8'), `secret:${name}`, random);
      if (!(await passphraseWrap())) throw new HeliographError('PASSPHRASE_REQUIRED');
      await write.put({ name, sealed });
    },
    get: async (name) => openWith(key(), Buffer.from(await read.get(name)), `secret:${name}`).toString('utf8'),
    remove: (name) => write.remove(name),
    async setPassphrase(passphrase) {
      const params = { ...scryptDefaults, salt: random.bytes(16).toString('base64') };
      const wrapped = sealWith(await deriveKey(passphrase, params), key(), passphraseContext, random);
      await write.putWrap({ kind: 'passphrase', params: JSON.stringify(params), wrapped });
    },
    async unlock(passphrase) {
      const wrap = await passphraseWrap();
      if (!wrap) throw new HeliographError('WRONG_PASSPHRASE', { reason: 'no recovery passphrase was ever set' });
      const derived = await deriveKey(passphrase, scryptParams.parse(JSON.parse(wrap.params)));
      try {
        dataKey = openWith(derived, Buffer.from(wrap.wrapped), passphraseContext);
      } catch (error) {
        throw new HeliographError('WRONG_PASSPHRASE', {}, { cause: error });
      }
      await sealForBox(dataKey);
    },
    async signingKey() {
      const newest = (await read.signingKeys(undefined)).at(-1);
      if (!newest) throw new HeliographError('INTERNAL', { message: 'no signing key' });
      const der = openWith(key(), Buffer.from(newest.sealed_private_key), `signing_key:${newest.kid}`);
      return { kid: newest.kid, privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) };
    },
    async eraseKey() {
      const context = `secret:${eraseKeyName}`;
      const sealed = await read.find(eraseKeyName);
      if (sealed) return openWith(key(), Buffer.from(sealed), context);
      const made = random.bytes(32);
      await write.put({ name: eraseKeyName, sealed: sealWith(key(), made, context, random) });
      return made;
    },
    publicKeys: async () => new Map((await read.signingKeys(undefined)).map((row) => [row.kid, Buffer.from(row.public_key)])),
  };
}
