import { createTRPCClient, createWSClient, retryLink, type TRPCClient, type TRPCLink, wsLink } from '@trpc/client';
import { ipcLink } from './ipc-link.js';
import { setConnection } from './connection.js';
import type { AppRouter } from './trpc.js';

/** The desktop window speaks over its bridge, a browser tab over a WebSocket to the host that served the page. */
function transport(): TRPCLink<AppRouter> {
  const { heliograph } = window;
  if (heliograph) {
    setConnection('open');
    return ipcLink(heliograph);
  }
  const { protocol, host } = window.location;
  return wsLink({
    client: createWSClient({
      url: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/trpc`,
      onOpen: () => setConnection('open'),
      onClose: () => setConnection('lost'),
      keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 5_000 },
    }),
  });
}

/** One client for the window. Subscriptions that break are taken up again where they stopped. */
export function createClient(): TRPCClient<AppRouter> {
  return createTRPCClient<AppRouter>({
    links: [retryLink({ retry: ({ op, attempts }) => op.type === 'subscription' && attempts <= 20, retryDelayMs: (attempt) => Math.min(5_000, 250 * 2 ** attempt) }), transport()],
  });
}
