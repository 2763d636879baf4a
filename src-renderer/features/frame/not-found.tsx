import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { EmptyState } from '../../ui/states.js';
import { Page } from '../../ui/page.js';

export function NotFound() {
  return (
    <Page title="Not here">
      <EmptyState
        action={
          <Button component={Link} to="/">
            Go to Home
          </Button>
        }
      >
        There is nothing at this address. The record may have been removed.
      </EmptyState>
    </Page>
  );
}
