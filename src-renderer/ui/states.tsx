import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { errorShape, wordsOf } from '../lib/errors.js';
import classes from './parts.module.css';
import { SkeletonLines } from './parts.js';

/** What an empty screen is for, in one sentence, and one button. */
export function EmptyState({ icon, children, action }: { readonly icon?: ReactNode; readonly children: ReactNode; readonly action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      {icon !== undefined && (
        <span className={classes.emptyIcon} aria-hidden>
          {icon}
        </span>
      )}
      <p>{children}</p>
      {action}
    </div>
  );
}

/** What happened, why, what to do, and a way to try again. */
export function ErrorState({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { what, why, todo } = wordsOf(error);
  // What is not there will not be there the next time either.
  const again = errorShape(error).code === 'NOT_FOUND' ? undefined : onRetry;
  return (
    <div className={classes.error} role="alert">
      <IconAlertTriangle size={18} className="h-bad" aria-hidden style={{ flex: 'none' }} />
      <div>
        <p style={{ fontWeight: 600 }}>{what}</p>
        {why !== '' && <p className="h-text-2">{why}</p>}
        {todo !== '' && <p>{todo}</p>}
        {again && (
          <Button variant="default" mt="sm" onClick={again}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

/** One query in its three states: `<Loaded query={useQuery(...)} skeleton={<SkeletonBlock height={200} />}>{(data) => ...}</Loaded>`. Old data stays while a refetch runs or fails. */
export function Loaded<T>({ query, skeleton, children }: { readonly query: Pick<UseQueryResult<T, unknown>, 'data' | 'error' | 'refetch'>; readonly skeleton?: ReactNode; readonly children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <>{skeleton ?? <SkeletonLines />}</>;
}
