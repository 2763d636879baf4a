import { useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useEffect, useMemo } from 'react';
import { createInvalidator } from './invalidation.js';
import { useTRPC } from './trpc.js';

/** Keeps what the window shows in step with the commits of the open workspace. Mounted once per query client. */
export function useLiveUpdates(): void {
  const trpc = useTRPC();
  const client = useQueryClient();
  const invalidator = useMemo(() => createInvalidator(client), [client]);
  useEffect(() => () => invalidator.stop(), [invalidator]);
  useSubscription(trpc.live.changes.subscriptionOptions(undefined, { onData: ({ tables }) => invalidator.changed(tables) }));
}
