import { useNavigate } from 'react-router';
import { useTRPCClient } from '../../api/trpc.js';
import { errorToast, undoToast } from '../../ui/index.js';

/** What can be done with a segment from the list and from its page alike. A failure is a toast. */
export function useSegmentActions() {
  const client = useTRPCClient();
  const navigate = useNavigate();
  const open = ({ uid }: { readonly uid: string }) => void navigate(`/segments/${uid}`);
  return {
    create: () => client.segments.create.mutate({}).then(open, errorToast),
    /** An empty list, to be filled by hand. */
    createList: () => client.segments.create.mutate({ kind: 'imported' }).then(open, errorToast),
    duplicate: (uid: string) => client.segments.duplicate.mutate({ uid }).then(open, errorToast),
    rename: (uid: string, name: string, before: string) =>
      client.segments.rename.mutate({ uid, name }).then(() => undoToast({ message: `Renamed to ${name}.`, undo: () => client.segments.rename.mutate({ uid, name: before }) }), errorToast),
    /** Tells whether it is gone. */
    remove: async (uid: string, name: string): Promise<boolean> => {
      try {
        await client.segments.remove.mutate({ uid });
      } catch (error) {
        errorToast(error);
        return false;
      }
      undoToast({ message: `${name} deleted.`, undo: () => client.segments.restore.mutate({ uid }) });
      return true;
    },
  };
}
