import type { Workspace } from '../api/context.js';

/** Fills a new workspace with what "explore with sample data" shows. */
export async function fillSample(workspace: Workspace): Promise<void> {
  await workspace.write.settings.patch({ postalAddress: 'Kestrel Coffee, 12 Harbour Street, Bristol BS1 4QA, United Kingdom', defaultFrom: { name: 'Kestrel Coffee', address: 'hello@kestrel.example' } });
}
