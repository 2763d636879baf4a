import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../api/trpc.js';
import { errorShape } from '../../lib/errors.js';
import { useFormat } from '../../lib/format.js';
import { ErrorState } from '../../ui/states.js';
import classes from './welcome.module.css';

const shown = 5;

/** Under the error of a workspace whose file is damaged or gone: the backups of its folder, each to be put in its place. Nothing where there are none. */
export function RestoreOffer({ folder, error }: { readonly folder: string; readonly error: unknown }) {
  const trpc = useTRPC();
  const f = useFormat();
  const { code } = errorShape(error);
  const lost = code === 'WORKSPACE_CORRUPT' || code === 'WORKSPACE_MISSING';
  const backups = useQuery(trpc.workspace.backupsIn.queryOptions({ folder }, { enabled: lost })).data ?? [];
  const restore = useMutation(trpc.workspace.restoreClosed.mutationOptions({ meta: { ownError: true } }));
  if (!lost || backups.length === 0) return null;
  return (
    <section aria-labelledby="h-restore" className={classes.restore}>
      <h2 id="h-restore" className={classes.heading}>
        {backups.length > shown ? `The newest ${shown} of ${backups.length} backups in this folder` : 'Backups in this folder'}
      </h2>
      <p className="h-text-2">Everything becomes as it was then. Opt-outs since then are entered again, all sending is paused, and the damaged file is kept among the backups.</p>
      <ul>
        {backups.slice(0, shown).map((backup) => (
          <li key={backup.name}>
            <span style={{ flex: 1 }}>{f.dateTime(backup.madeAt)}</span>
            <span className="h-text-2">{f.bytes(backup.bytes)}</span>
            <Button
              variant="default"
              size="compact-sm"
              loading={restore.isPending && restore.variables.name === backup.name}
              disabled={restore.isPending}
              aria-label={`Restore the backup of ${f.dateTime(backup.madeAt)}`}
              onClick={() => restore.mutate({ folder, name: backup.name })}
            >
              Restore
            </Button>
          </li>
        ))}
      </ul>
      {restore.error !== null && <ErrorState error={restore.error} />}
    </section>
  );
}
