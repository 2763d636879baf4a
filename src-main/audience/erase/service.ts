import type { EraseReceipt, EraseReceiptView, EraseTarget } from '../../../src-preload/contract/erasure.js';
import type { Reader, Writer } from '../../store/operation.js';
import type { audienceOperations, audienceQueries } from '../operations.js';
import { eraseImportFiles } from './import-files.js';

type Backups = readonly { readonly name: string; readonly madeAt: number; readonly bytes: number }[];

export interface ErasePorts {
  readonly read: Pick<Reader<ReturnType<typeof audienceQueries>>, 'eraseSubject' | 'listErasures'>;
  readonly write: Pick<Writer<typeof audienceOperations>, 'erase'>;
  /** The workspace folder's `files/`. */
  readonly files: string;
  /** Throws `SECRETS_LOCKED` while the erase key is not open. */
  readonly ready: () => Promise<unknown>;
  readonly settings: () => Promise<{ readonly defaultCountry: string; readonly backupKeepDays: number }>;
  /** Removes exports that nobody fetched; gives back how many. */
  readonly clearExports: () => number;
  /** Removes messages to these addresses from the test mailbox; gives back how many. */
  readonly clearMailbox: (addresses: readonly string[]) => Promise<number>;
  readonly backups: () => Backups;
  /** Empties the write-ahead log into the file. */
  readonly checkpoint: () => Promise<void>;
}

export interface EraseService {
  /** Erases, and gives the receipt. Throws `ERASE_NOT_NOW`, `NOT_FOUND`, `BAD_INPUT`, `SECRETS_LOCKED`, `THREAD_DIED` while the test mailbox does not run. */
  erase(target: EraseTarget): Promise<EraseReceiptView>;
  /** Receipts, newest first. */
  list(): Promise<EraseReceiptView[]>;
}

const dayMs = 86_400_000;

/**
 * The whole of an erasure: files first, then the workspace file with its receipt. Cut in between, the person is still there, and erasing again finds what is left; the other way round nobody
 * could say whom the files still hold.
 */
export function createEraseService(ports: ErasePorts): EraseService {
  const view = (receipt: EraseReceipt, now: Backups, keepDays: number): EraseReceiptView => {
    const there = new Set(now.map(({ name }) => name));
    const backups = receipt.backups.filter(({ name }) => there.has(name)).map((backup) => ({ ...backup, removedAt: keepDays === 0 ? null : backup.madeAt + keepDays * dayMs }));
    const ends = backups.flatMap(({ removedAt }) => (removedAt === null ? [] : [removedAt]));
    return { ...receipt, backups, lastBackupGone: ends.length === 0 || ends.length < backups.length ? null : Math.max(...ends) };
  };
  return {
    async erase(target) {
      const subject = await ports.read.eraseSubject(target);
      await ports.ready();
      const { defaultCountry, backupKeepDays } = await ports.settings();
      const files = {
        mailboxMessages: await ports.clearMailbox(subject.keys.filter((key) => key.channel === 'EMAIL').map((key) => key.addressKey)),
        ...(await eraseImportFiles(ports.files, subject, defaultCountry)),
        exportFiles: ports.clearExports(),
      };
      const backups = ports.backups();
      const receipt = await ports.write.erase({ target, files, backups: backups.map(({ name, madeAt, bytes }) => ({ name, madeAt, bytes })) });
      await ports.checkpoint();
      return view(receipt, backups, backupKeepDays);
    },
    async list() {
      const { backupKeepDays } = await ports.settings();
      const backups = ports.backups();
      return (await ports.read.listErasures({ limit: 500 })).map((receipt) => view(receipt, backups, backupKeepDays));
    },
  };
}
