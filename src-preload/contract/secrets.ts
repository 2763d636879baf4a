import { z } from 'zod';

/** Long enough to outlast guessing against scrypt; words are easier to keep than symbols. */
export const passphrase = z.string().min(12).max(1024);

export interface SecretsStatus {
  /** `locked`: this machine's box cannot open the workspace's key; the recovery passphrase can. */
  readonly state: 'ready' | 'locked';
  readonly hasPassphrase: boolean;
  /** `safeStorage`, `keyFile`, or null where the machine has no safe place. */
  readonly box: string | null;
}
