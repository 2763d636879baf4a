import { useQuery } from '@tanstack/react-query';
import type { EditMembersInput, SegmentSummary } from '../../../src-preload/contract/segment-views.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { errorToast, okToast, undoToast } from '../../ui/index.js';

export type List = Pick<SegmentSummary, 'uid' | 'name'>;

/** Lists (imported segments) whose members may be changed by hand, and the changes, each with its undo. A failure is a toast. `shown`: the segment that the list of people is narrowed by. */
export function useMembers(shown: string | undefined) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const f = useFormat();
  const segments = useQuery(trpc.segments.list.queryOptions());
  const lists = (segments.data ?? []).filter(({ kind }) => kind === 'imported');
  const edit = async (list: List, act: EditMembersInput['act'], ids: readonly number[], done: () => void): Promise<void> => {
    try {
      const { changed, undo } = await client.segments.editMembers.mutate({ uid: list.uid, act, who: { of: 'picked', ids: [...ids] } });
      done();
      const word = act === 'add' ? `added to ${list.name}` : `removed from ${list.name}`;
      if (undo === null) okToast(act === 'add' ? `All of them are in ${list.name} already.` : `None of them is in ${list.name}.`);
      else undoToast({ message: `${f.plural(changed, 'address', 'addresses')} ${word}.`, undo: () => client.segments.undoMembers.mutate({ uid: list.uid, undo }) });
    } catch (error) {
      errorToast(error);
    }
  };
  return {
    lists,
    list: lists.find(({ uid }) => uid === shown),
    /** Adds to a list, or to a new one of that name. */
    add: async (to: List | { readonly newName: string }, ids: readonly number[], done: () => void): Promise<void> => {
      const list = 'uid' in to ? to : await client.segments.create.mutate({ kind: 'imported', ...(to.newName === '' ? {} : { name: to.newName }) }).catch(errorToast);
      if (list) await edit(list, 'add', ids, done);
    },
    remove: (list: List, ids: readonly number[], done: () => void): void => void edit(list, 'remove', ids, done),
  };
}
