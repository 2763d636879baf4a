import { z } from 'zod';

/**
 * Every error a caller can meet, as a closed list. Code throws `HeliographError` with one of these codes and the facts in `detail`;
 * `error-words.ts` is the one place that turns a code into sentences. Add a code here and its words there (the compiler asks for both).
 */
export const errorCodes = [
  'INTERNAL',
  'BAD_INPUT',
  'NOT_FOUND',
  'NAME_UNKNOWN',
  'NAME_AMBIGUOUS',
  'CONFLICT',
  'CANCELLED',
  'NO_WORKSPACE',
  'WORKSPACE_MISSING',
  'WORKSPACE_EXISTS',
  'WORKSPACE_LOCKED',
  'WORKSPACE_NEWER',
  'WORKSPACE_FOREIGN',
  'WORKSPACE_CORRUPT',
  'WORKSPACE_NETWORK_DRIVE',
  'BACKUP_FAILED',
  'DISK_FULL',
  'STORE_UNAVAILABLE',
  'THREAD_DIED',
  'INSTANCE_LOST',
  'SECRETS_LOCKED',
  'WRONG_PASSPHRASE',
  'PASSPHRASE_REQUIRED',
  'NO_SECRET_BOX',
  'FILE_UNREADABLE',
  'IMPORT_ROWS_LOST',
  'FILE_EMPTY',
  'FILE_NO_ROWS',
  'FILE_ENCODING',
  'FILE_FORMAT',
  'FILE_TOO_WIDE',
  'RECORD_TOO_LONG',
  'GZIP_BOMB',
  'MAPPING_INVALID',
  'SEGMENT_IN_USE',
  'SEGMENT_EMPTY',
  'SEGMENT_CYCLE',
  'LIST_REPLACED',
  'TEMPLATE_SYNTAX',
  'TEMPLATE_IN_USE',
  'MISSING_VARIABLE',
  'PERSONALISED_LINK_HOST',
  'RENDER_LIMIT',
  'RENDER_FAILED',
  'CAMPAIGN_STATE',
  'CAMPAIGN_NOT_READY',
  'CONNECTION_IN_USE',
  'CONNECTION_FAILED',
  'REACHABILITY_REQUIRED',
  'REACHABILITY_FAILED',
  'HEADER_INJECTION',
  'BAD_ADDRESS',
  'SUPPRESSION_REASON_REQUIRED',
  'ERASE_NOT_NOW',
  'COLLECTOR_UNAVAILABLE',
  'NOT_ALLOWED',
] as const;
export const errorCode = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof errorCode>;

/** Facts an error carries for its words: names, numbers, positions. Never secrets or addresses. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean | null>>;

/** The one error type that crosses threads, the contract and the command line. `cause` is kept on this side of the contract and logged. */
export class HeliographError extends Error {
  override readonly name = 'HeliographError';
  constructor(
    readonly code: ErrorCode,
    readonly detail: ErrorDetail = {},
    options?: { cause?: unknown },
  ) {
    super(`${code}${Object.keys(detail).length > 0 ? ` ${JSON.stringify(detail)}` : ''}`, options);
  }
}

export function isHeliographError(value: unknown): value is HeliographError {
  return value instanceof HeliographError;
}

/** What of an error crosses a boundary (a thread's port, IPC, a WebSocket). */
export interface ErrorShape {
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;
}
