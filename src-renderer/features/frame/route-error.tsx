import { Button } from '@mantine/core';
import { isRouteErrorResponse, useRouteError } from 'react-router';
import { ErrorState } from '../../ui/states.js';

/** A screen that broke while drawing: the frame stays, the words say what happened, and one can try again or go home. `whole`: the frame itself broke. */
export function RouteError({ whole = false }: { readonly whole?: boolean }) {
  const error = useRouteError();
  // A screen's file that no longer exists after an update of the program: loading the window again gets the new ones.
  const outdated = error instanceof TypeError && /dynamically imported module|Importing a module script failed/i.test(error.message);
  return (
    <div style={{ background: 'var(--h-surface)', height: '100%', display: 'flow-root', padding: whole ? 24 : 0 }}>
      <ErrorState error={isRouteErrorResponse(error) ? new Error(error.statusText) : error} onRetry={() => window.location.reload()} />
      {!outdated && (
        <Button variant="default" ml="lg" component="a" href="#/">
          Go to Home
        </Button>
      )}
    </div>
  );
}
