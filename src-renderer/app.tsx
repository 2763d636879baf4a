import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { createHashRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import type { WorkspaceView } from '../src-preload/contract/workspace.js';
import { createClient } from './api/client.js';
import { useLiveUpdates } from './api/live.js';
import { createQueryClient } from './api/query-client.js';
import { TRPCProvider, useTRPC, useTRPCClient } from './api/trpc.js';
import { Frame } from './features/frame/frame.js';
import { Logo } from './features/frame/logo.js';
import { RouteError } from './features/frame/route-error.js';
import { Welcome } from './features/welcome/index.js';
import { FormatProvider } from './lib/format.js';
import { useSwitching } from './lib/switching.js';
import { WorkspaceProvider } from './lib/workspace.js';
import { screens } from './routes.js';
import { ErrorState } from './ui/states.js';
import { cssVariablesResolver, theme } from './ui/theme.js';

/** Providers of the window, then the start screen or the open workspace. */
export function App() {
  const [client] = useState(createClient);
  const [queries] = useState(createQueryClient);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      {/* Above the status bar, which stays readable. */}
      <Notifications position="bottom-right" limit={4} styles={{ root: { marginBlockEnd: 24 } }} />
      <QueryClientProvider client={queries}>
        <TRPCProvider trpcClient={client} queryClient={queries}>
          <Opened />
        </TRPCProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Opened() {
  const trpc = useTRPC();
  useLiveUpdates();
  const switching = useSwitching((s) => s.what);
  const current = useQuery(trpc.workspace.current.queryOptions());
  if (current.data) {
    return (
      <OfWorkspace key={current.data.uid} view={current.data}>
        <Desk />
      </OfWorkspace>
    );
  }
  if (switching !== undefined) return <Switching what={switching} />;
  if (current.data === null) return <Welcome />;
  if (current.error !== null) return <ErrorState error={current.error} onRetry={() => void current.refetch()} />;
  return null;
}

/** Between two workspaces. */
function Switching({ what }: { readonly what: string }) {
  return (
    <main style={{ height: '100%', display: 'grid', placeItems: 'center', background: 'var(--h-chrome)' }}>
      <span role="status" style={{ display: 'flex', alignItems: 'center', gap: 12 }}>
        <Logo size={32} /> {what}
      </span>
    </main>
  );
}

/** Another workspace is another cache: nothing of the one before can show. */
function OfWorkspace({ view, children }: { readonly view: WorkspaceView; readonly children: ReactNode }) {
  const client = useTRPCClient();
  const [queries] = useState(createQueryClient);
  return (
    <WorkspaceProvider view={view}>
      <QueryClientProvider client={queries}>
        <TRPCProvider trpcClient={client} queryClient={queries}>
          {children}
        </TRPCProvider>
      </QueryClientProvider>
    </WorkspaceProvider>
  );
}

function Desk() {
  const trpc = useTRPC();
  useLiveUpdates();
  const zone = useQuery(trpc.settings.get.queryOptions()).data?.reportingZone ?? 'UTC';
  const router = useMemo(() => createHashRouter([{ element: <Frame />, errorElement: <RouteError whole />, hydrateFallbackElement: <></>, children: [...screens] }]), []);
  return (
    <FormatProvider zone={zone}>
      <RouterProvider router={router} />
    </FormatProvider>
  );
}
