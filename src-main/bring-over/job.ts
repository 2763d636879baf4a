import type { BringOverFile, BringOverItem, BringOverReport } from '../../src-preload/contract/bring-over.js';
import type { importOperations } from '../audience/import/index.js';
import type { campaignOperations } from '../campaigns/index.js';
import type { JobContext, JobKind } from '../jobs/index.js';
import type { segmentsModule } from '../segments/index.js';
import type { templateOperations } from '../templates/index.js';
import { bringEndpoints, isExport } from './bring-endpoints.js';
import { bringThings } from './bring-things.js';
import { gatherFiles, type NamedFile } from './gather.js';
import { note } from './note.js';
import { channelReach } from './reach.js';
import { previewOf, recognise, type Recognised } from './recognise.js';

type Writes = {
  readonly imports: typeof importOperations;
  readonly segments: ReturnType<typeof segmentsModule>['operations'];
  readonly templates: ReturnType<typeof templateOperations>;
  readonly campaigns: typeof campaignOperations;
};
export type Context = JobContext<Writes>;

/** Paths as they were named, uploads resolved by who starts the job. */
export interface BringOverJobInput {
  readonly sources: readonly NamedFile[];
}

async function lookAtAll(context: Pick<Context, 'progress' | 'throwIfCancelled'>, sources: readonly NamedFile[]): Promise<Recognised[]> {
  const files = gatherFiles(sources);
  const seen: Recognised[] = [];
  for (const file of files) {
    context.throwIfCancelled();
    context.progress(seen.length, files.length, 'files');
    seen.push(await recognise(file));
  }
  context.progress(seen.length, files.length, 'files');
  return seen;
}

/** Says what each file is. Writes nothing. */
export const bringOverLookJob: JobKind<BringOverJobInput, BringOverFile[]> = {
  run: async (context, { sources }) => (await lookAtAll(context, sources)).map(previewOf),
};

/**
 * Brings over what the files hold: segments, templates and campaigns first, then the people, whose lists the segments are. What came stays when it is cancelled, except an import under
 * way, which is taken back; bringing over again goes on from there, because what is here already is left alone.
 */
export const bringOverJob: JobKind<BringOverJobInput, BringOverReport, Writes> = {
  run: async (context, { sources }) => {
    const files = await lookAtAll(context, sources);
    const { items, lists } = await bringThings(context, files);
    const people = await bringEndpoints(context, files.filter(isExport), lists);
    const unread = files.filter((file) => file.notes.length > 0 || (file.endpoints === null && previewOf(file).kind === 'unknown')).map(leftFile);
    const listed = items.map((item) => (item.kind === 'segment' && item.state === 'came' && item.uid !== null && lists.some(({ uid }) => uid === item.uid) && !people.filled.has(item.uid) ? withoutMembers(item, lists) : item));
    const reach = channelReach(context.db, () => context.throwIfCancelled());
    return { items: [...people.items, ...listed, ...unread], reach };
  },
};

function withoutMembers(item: BringOverItem, lists: readonly { readonly uid: string; readonly size: number | null }[]): BringOverItem {
  const size = lists.find(({ uid }) => uid === item.uid)?.size ?? null;
  return { ...item, notes: [...item.notes, note('members_missing', size === null ? {} : { size })] };
}

const leftFile = (file: Recognised): BringOverItem => ({
  kind: 'file',
  name: file.name,
  id: '',
  file: file.name,
  state: 'left',
  uid: null,
  endpoints: null,
  digest: null,
  notes: previewOf(file).notes,
  text: null,
});
