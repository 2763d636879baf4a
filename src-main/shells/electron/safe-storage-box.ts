import type { SafeStorage } from 'electron';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { SecretBox } from '../../platform/secret-box.js';

/**
 * The system's key store through Electron's safeStorage, in its asynchronous form. Null where there is none, and where Linux would fall back to
 * `basic_text`, which hides nothing: then the recovery passphrase is the only way in.
 */
export async function safeStorageBox(safeStorage: SafeStorage, platform: NodeJS.Platform): Promise<SecretBox | null> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return null;
  if (platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') return null;
  return {
    name: 'safeStorage',
    seal: (plain) => safeStorage.encryptStringAsync(plain.toString('base64')),
    open: async (sealed) => {
      try {
        return Buffer.from((await safeStorage.decryptStringAsync(sealed)).result, 'base64');
      } catch (error) {
        throw new HeliographError('SECRETS_LOCKED', {}, { cause: error });
      }
    },
  };
}
