import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { errorShape } from '../lib/errors.js';
import { errorToast } from '../ui/toasts.js';

declare module '@tanstack/react-query' {
  interface Register {
    mutationMeta: {
      /** True: the screen shows this mutation's error itself (a form field, a dialog), so there is no toast. */
      readonly ownError?: boolean;
    };
  }
}

/**
 * Errors become words in one place: a failed mutation is a toast (unless the screen shows it itself: `meta: { ownError: true }`), a failed query is shown by the
 * screen through `ErrorState`, and as a toast only when it fails while older data stay on the screen.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.state.data !== undefined && errorShape(error).code !== 'CANCELLED') errorToast(error);
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _input, _context, mutation) => {
        if (mutation.meta?.ownError !== true && errorShape(error).code !== 'CANCELLED') errorToast(error);
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
