import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import type { ErrorCode } from '../../src-preload/contract/errors.js';
import { errorShape, isLostConnection } from '../lib/errors.js';
import { errorToast } from '../ui/toasts.js';

declare module '@tanstack/react-query' {
  interface Register {
    mutationMeta: {
      /** True: the screen shows this mutation's error itself (a form field, a dialog), so there is no toast. */
      readonly ownError?: boolean;
    };
  }
}

/** Given up on purpose, or the workspace was closed or is being restored: the start screen says that. */
const silent: ReadonlySet<ErrorCode> = new Set(['CANCELLED', 'NO_WORKSPACE']);

/**
 * Errors become words in one place: a failed mutation is a toast (unless the screen shows it itself: `meta: { ownError: true }`), a failed query is shown by the
 * screen through `ErrorState`, and as a toast only when it fails while older data stay on the screen. That the program is gone is no toast of each query: the status bar says it once.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.state.data !== undefined && !silent.has(errorShape(error).code) && !isLostConnection(error)) errorToast(error);
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _input, _context, mutation) => {
        if (mutation.meta?.ownError !== true && !silent.has(errorShape(error).code)) errorToast(error);
      },
    }),
    defaultOptions: {
      queries: {
        // Commits invalidate (live.ts), so what is here is fresh until told otherwise; the time covers a lost connection.
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        // What the program refused it will refuse again; only a lost connection is worth another try, and the link does that.
        retry: false,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
