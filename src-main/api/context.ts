import type { Logger } from '../platform/logger.js';
import type { Readers, Writers } from '../store/operation.js';
import type { AllOperations, AllQueries } from './registry.js';

/** What an open workspace offers to the routers. `app/` builds it; a module that has a service beside its operations is named here. */
export interface Workspace {
  readonly read: Readers<AllQueries>;
  /** Acts as the operator. */
  readonly write: Writers<AllOperations>;
}

/** The running program, with or without an open workspace. */
export interface Host {
  current(): Workspace | undefined;
}

export interface Context {
  readonly host: Host;
  readonly log: Logger;
}
