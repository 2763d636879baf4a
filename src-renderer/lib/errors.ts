import { TRPCClientError } from '@trpc/client';
import { describeError, type ErrorWords } from '../../src-preload/contract/error-words.js';
import { errorCode, type ErrorShape, isHeliographError } from '../../src-preload/contract/errors.js';

/** Whether the program was not reached at all: it ended, or the line to it broke. */
export function isLostConnection(error: unknown): boolean {
  return error instanceof TRPCClientError && error.shape == null && error.cause?.name === 'TRPCWebSocketClosedError';
}

/** The contract's own shape of whatever was thrown; what nobody foresaw is `INTERNAL`, a lost connection to the program is `STORE_UNAVAILABLE`. */
export function errorShape(error: unknown): ErrorShape {
  if (isHeliographError(error)) return { code: error.code, detail: error.detail };
  if (isLostConnection(error)) return { code: 'STORE_UNAVAILABLE', detail: {} };
  if (error instanceof TRPCClientError) {
    const data: unknown = error.data;
    if (typeof data === 'object' && data !== null && 'error' in data && typeof data.error === 'object' && data.error !== null && 'code' in data.error) {
      const code = errorCode.safeParse(data.error.code);
      if (code.success) return { code: code.data, detail: 'detail' in data.error && isDetail(data.error.detail) ? data.error.detail : {} };
    }
  }
  return { code: 'INTERNAL', detail: {} };
}

function isDetail(value: unknown): value is ErrorShape['detail'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What happened, why, what to do: the words for any thrown value. */
export function wordsOf(error: unknown): ErrorWords {
  if (isLostConnection(error)) return { what: 'Heliograph does not answer.', why: 'The program has ended, or the line to it broke.', todo: 'Start it again if it has ended, and open the page that it names.' };
  const { code, detail } = errorShape(error);
  return describeError(code, detail);
}
