import type { RecentWorkspace, ReopenProblem, WorkspaceView } from '../../src-preload/contract/workspace.js';
import type { ConnectionService } from '../channels/index.js';
import type { MailboxService } from '../channels/mailbox/mailbox-service.js';
import type { CollectorService } from '../collector/index.js';
import type { Scheduler } from '../delivery/index.js';
import type { Jobs } from '../jobs/index.js';
import type { Logger } from '../platform/logger.js';
import type { ShellPort } from '../platform/shell.js';
import type { SegmentNumbers } from '../segments/index.js';
import type { Secrets } from '../settings/index.js';
import type { BackupFile } from '../store/index.js';
import type { Readers, Writers } from '../store/operation.js';
import type { AllOperations, AllQueries } from './registry.js';

/** What an open workspace offers to the routers. `app/` builds it; a module that has a service beside its operations is named here. */
export interface Workspace {
  readonly folder: string;
  readonly read: Readers<AllQueries>;
  /** Acts as the operator. */
  readonly write: Writers<AllOperations>;
  readonly jobs: Jobs;
  readonly segments: SegmentNumbers;
  readonly secrets: Secrets;
  readonly collector: CollectorService;
  readonly mailbox: MailboxService;
  readonly connections: ConnectionService;
  readonly scheduler: Scheduler;
  readonly live: { changes(signal: AbortSignal): AsyncIterable<{ readonly commit: number; readonly tables: readonly string[] }> };
  readonly backups: {
    list(): BackupFile[];
    create(label: string): Promise<BackupFile>;
    /** Throws `NOT_FOUND`. */
    remove(name: string): void;
  };
  /** Empties the write-ahead log into the file, where nobody reads at the moment. */
  checkpoint(): Promise<void>;
  /** Hands the erase key to the store thread and erases again whom a restored backup brought back; called at opening, and when the secrets are unlocked. Throws `SECRETS_LOCKED`. */
  openErasures(): Promise<void>;
  /** What the check of the file after an unclean stop found, once it has; null while nothing is known to be damaged. */
  damaged(): string | null;
  describe(): Promise<WorkspaceView>;
}

/** The running program, with or without an open workspace. */
export interface Host {
  current(): Workspace | undefined;
  /** Closes what is open, then opens. A refusal leaves open, or opens again, what was open before. */
  open(folder: string): Promise<WorkspaceView>;
  create(input: { name: string; parent?: string | undefined }): Promise<WorkspaceView>;
  close(): Promise<void>;
  /** Makes and opens a workspace with invented people, templates and a campaign. */
  exploreSample(): Promise<WorkspaceView>;
  /** Puts a backup in the place of the open workspace: opt-outs since then are kept, unsent messages of that time become "may have been sent". */
  restore(backup: string): Promise<WorkspaceView>;
  /** The backups that lie in a workspace folder, newest first; it need not open. */
  backupsIn(folder: string): BackupFile[];
  /** Puts a backup in the place of a workspace that does not open; its damaged file is kept. What was open before is closed, or open again when this fails. */
  restoreClosed(folder: string, backup: string): Promise<WorkspaceView>;
  recent(): RecentWorkspace[];
  /** Why the workspace of last time did not open by itself, or one that was lost did not come back; null once one is open. */
  problem(): ReopenProblem | null;
  /** Yields whenever another workspace opens or the open one closes. */
  switches(signal: AbortSignal): AsyncIterable<void>;
}

export interface Context {
  readonly host: Host;
  readonly shell: ShellPort;
  readonly log: Logger;
}
