import { createTRPCContext } from '@trpc/tanstack-react-query';
import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../src-main/api/router.js';

/**
 * `const trpc = useTRPC()` makes options for TanStack Query: `useQuery(trpc.segments.list.queryOptions())`,
 * `useMutation(trpc.segments.save.mutationOptions())`. `const client = useTRPCClient()` calls directly: `await client.segments.save.mutate(input)`.
 */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();
export type { AppRouter };
/** What procedures answer: `Outputs['jobs']['list'][number]`. */
export type Outputs = inferRouterOutputs<AppRouter>;
