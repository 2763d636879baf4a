import { TRPCClientError } from '@trpc/client';
import { describeError } from '../../../src-preload/contract/error-words.js';
import { errorCode, type ErrorShape, HeliographError } from '../../../src-preload/contract/errors.js';
import { z } from 'zod';

/** 0 done; 1 failed; 2 the call or its input is wrong; 3 the workspace cannot be used now; 130 cancelled. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, unavailable: 3, cancelled: 130 } as const;

const unavailable = new Set(['WORKSPACE_LOCKED', 'WORKSPACE_MISSING', 'WORKSPACE_NEWER', 'WORKSPACE_FOREIGN', 'WORKSPACE_CORRUPT', 'WORKSPACE_NETWORK_DRIVE', 'NO_WORKSPACE', 'STORE_UNAVAILABLE']);
const usage = new Set(['BAD_INPUT', 'NOT_FOUND', 'NAME_UNKNOWN', 'NAME_AMBIGUOUS', 'MAPPING_INVALID', 'FILE_UNREADABLE', 'FILE_EMPTY', 'FILE_NO_ROWS', 'FILE_ENCODING', 'FILE_FORMAT', 'FILE_TOO_WIDE', 'RECORD_TOO_LONG', 'GZIP_BOMB']);

const remoteError = z.object({ error: z.object({ code: errorCode, detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])) }) });

/** Finds our code in whatever was thrown, here or on the other side of a connection. */
export function shapeOf(error: unknown): ErrorShape {
  if (error instanceof HeliographError) return { code: error.code, detail: error.detail };
  if (error instanceof TRPCClientError) {
    const parsed = remoteError.safeParse(error.data);
    if (parsed.success) return parsed.data.error;
  }
  return { code: 'INTERNAL', detail: { message: error instanceof Error ? error.message : String(error) } };
}

export function exitCodeOf({ code }: ErrorShape): number {
  if (code === 'CANCELLED') return exitCodes.cancelled;
  if (unavailable.has(code)) return exitCodes.unavailable;
  return usage.has(code) ? exitCodes.usage : exitCodes.failed;
}

/** Results go to stdout (one JSON object a line with --json), everything else to stderr. */
export interface Output {
  result(human: string, data: Readonly<Record<string, unknown>>): void;
  progress(text: string): void;
  /** A line that stays, on stderr also where nobody watches. */
  notice(text: string): void;
  error(error: unknown): number;
}

export function createOutput(json: boolean, streams: { out: NodeJS.WriteStream; err: NodeJS.WriteStream }): Output {
  return {
    result: (human, data) => void streams.out.write(`${json ? JSON.stringify(data) : human}\n`),
    progress: (text) => {
      if (!json && streams.err.isTTY) streams.err.write(`\r\x1b[K${text}`);
    },
    notice: (text) => void streams.err.write(`${streams.err.isTTY ? '\r\x1b[K' : ''}heliograph: ${text}\n`),
    error: (error) => {
      const shape = shapeOf(error);
      const words = describeError(shape.code, shape.detail);
      if (json) streams.out.write(`${JSON.stringify({ event: 'error', ...shape, message: words.what })}\n`);
      else streams.err.write(`heliograph: ${[words.what, words.why, words.todo].filter(Boolean).join(' ')}\n`);
      return exitCodeOf(shape);
    },
  };
}
