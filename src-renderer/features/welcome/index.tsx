import { IconChevronDown, IconChevronRight, IconFolderOpen, IconPlus, IconSparkles } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ReopenProblem } from '../../../src-preload/contract/workspace.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { switchWorkspace, useSwitching } from '../../lib/switching.js';
import { ErrorState } from '../../ui/states.js';
import { Logo } from '../frame/logo.js';
import { CreateForm, OpenForm } from './open-dialog.js';
import { RestoreOffer } from './restore-offer.js';
import classes from './welcome.module.css';

/** The start screen: sample data, a new workspace, one that exists, and those opened before. */
export function Welcome() {
  const trpc = useTRPC();
  const f = useFormat();
  const [form, setForm] = useState<'create' | 'open' | undefined>(undefined);
  const recent = useQuery(trpc.workspace.recent.queryOptions()).data ?? [];
  const problem = useQuery(trpc.workspace.problem.queryOptions()).data ?? null;
  const sample = useMutation(trpc.workspace.exploreSample.mutationOptions({ meta: { ownError: true } }));
  const client = useTRPCClient();
  const refused = useSwitching((state) => state.refused);
  const said = refused ?? problem;
  useEffect(() => {
    document.title = 'Heliograph';
  }, []);
  return (
    <main className={classes.page}>
      <div className={classes.column}>
        <div className={classes.brand}>
          <Logo size={44} />
          <div>
            <h1>Heliograph</h1>
            <p>Campaigns from your own computer: people, segments, messages, and what people did with them. Everything stays in one folder.</p>
          </div>
        </div>
        {said !== null && sample.error === null && <Problem problem={said} />}
        {sample.error !== null && <ErrorState error={sample.error} />}
        <div className={classes.card}>
          <Choice
            first
            icon={<IconSparkles size={18} />}
            title="Explore with sample data"
            what="A coffee roaster's invented people, templates and a campaign, with a test mailbox. Nothing leaves this computer."
            busy={sample.isPending}
            onClick={() => sample.mutate()}
          />
          <Choice icon={<IconPlus size={18} />} title="New workspace" what="An empty one, for your own people." open={form === 'create'} onClick={() => setForm(form === 'create' ? undefined : 'create')} />
          {form === 'create' && (
            <div className={classes.form}>
              <CreateForm />
            </div>
          )}
          <Choice icon={<IconFolderOpen size={18} />} title="Open a workspace" what="A folder that ends in .heliograph, also one from another computer." open={form === 'open'} onClick={() => setForm(form === 'open' ? undefined : 'open')} />
          {form === 'open' && (
            <div className={classes.form}>
              <OpenForm />
            </div>
          )}
        </div>
        {recent.length > 0 && (
          <section aria-labelledby="h-recent">
            <h2 id="h-recent" className={classes.heading}>
              Opened before
            </h2>
            <div className={classes.card}>
              <ul className={classes.recent}>
                {recent.map((item) => (
                  <li key={item.folder}>
                    <button type="button" disabled={!item.exists} onClick={() => switchWorkspace(`Opening ${item.name}`, () => client.workspace.open.mutate({ folder: item.folder }), item.folder)}>
                      <span className="h-name">{item.name}</span>
                      <span className="h-text-2 h-ellipsis" style={{ flex: 1, fontSize: 12 }}>
                        {item.exists ? item.folder : `${item.folder} is not there`}
                      </span>
                      <span className="h-text-2" style={{ fontSize: 12 }}>
                        {f.when(item.openedAt)}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </div>
          </section>
        )}
      </div>
    </main>
  );
}

/** The workspace of last time, or one just chosen, that does not open; and its backups where one of them is the way out. */
function Problem({ problem }: { readonly problem: ReopenProblem }) {
  const error = new HeliographError(problem.error.code, problem.error.detail);
  return (
    <div>
      <p className={classes.heading}>{problem.folder}</p>
      <ErrorState error={error} />
      <RestoreOffer folder={problem.folder} error={error} />
    </div>
  );
}

interface ChoiceProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly what: string;
  readonly first?: boolean;
  readonly busy?: boolean;
  readonly open?: boolean;
  readonly onClick: () => void;
}

function Choice({ icon, title, what, first = false, busy = false, open, onClick }: ChoiceProps) {
  return (
    <button type="button" className={classes.choice} disabled={busy} aria-expanded={open} onClick={onClick}>
      <span className={`${classes.mark} ${first ? classes.first : ''}`} aria-hidden>
        {icon}
      </span>
      <span style={{ flex: 1 }}>
        <span className={classes.title}>{busy ? 'Making the sample workspace' : title}</span>
        <span className={classes.what}>{what}</span>
      </span>
      {open === undefined ? null : open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
    </button>
  );
}
