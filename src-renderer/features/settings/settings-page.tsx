import type { ReactNode } from 'react';
import type { SavedState } from '../../ui/saved.js';
import { Page } from '../../ui/page.js';

/** A page of Settings: one readable column. */
export function SettingsPage({ title, saved, action, children }: { readonly title: string; readonly saved?: SavedState; readonly action?: ReactNode; readonly children: ReactNode }) {
  return (
    <Page title={title} crumbs={[{ label: 'Settings', to: '/settings' }]} {...(saved ? { saved } : {})} action={action} scroll>
      <div style={{ maxWidth: 640 }}>{children}</div>
    </Page>
  );
}
