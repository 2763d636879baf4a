import { useNetwork } from '@mantine/hooks';
import { IconDatabase, IconPlayerPause, IconWifi, IconWifiOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useConnection } from '../../api/connection.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { useWorkspace } from '../../lib/workspace.js';
import { useNow } from '../../lib/now.js';
import { JobsButton } from '../jobs/index.js';
import classes from './frame.module.css';

/** The slim line below everything: what is being sent, how the world reaches us, long work, backup age, network. */
export function StatusBar() {
  return (
    <footer className={classes.status} aria-label="Status">
      <Sending />
      <JobsButton className={classes.bit} />
      <span className={classes.spread} />
      <BackupAge />
      <Network />
    </footer>
  );
}

function Sending() {
  const trpc = useTRPC();
  const f = useFormat();
  const { sendingPaused } = useWorkspace();
  const runs = useQuery(trpc.home.now.queryOptions()).data?.today ?? [];
  const moving = runs.filter((run) => run.status === 'sending' || run.status === 'freezing' || run.status === 'hold');
  const [first] = moving;
  if (sendingPaused !== null) {
    return (
      <Link to="/" className={`${classes.bit} h-warn`}>
        <IconPlayerPause size={12} aria-hidden /> All sending is paused
      </Link>
    );
  }
  if (!first) return <span className={classes.bit}>Nothing is being sent</span>;
  const rate = moving.reduce((sum, run) => sum + run.perSecond, 0);
  return (
    <Link to={`/campaigns/${first.campaign}`} className={classes.bit}>
      <span className={classes.pulse} aria-hidden />
      <span className={classes.strong}>Sending {f.number(rate, 1)}/s</span>
      <span className="h-ellipsis">
        {moving.length > 1 ? `${moving.length} campaigns` : first.name}
        {first.total > 0 && moving.length === 1 ? `, ${f.percent(first.settled / first.total, 0)}` : ''}
      </span>
    </Link>
  );
}

function BackupAge() {
  const trpc = useTRPC();
  const f = useFormat();
  const now = useNow(60_000);
  const backups = useQuery(trpc.backup.list.queryOptions()).data;
  if (!backups) return null;
  const newest = Math.max(...backups.map((b) => b.madeAt), 0);
  return (
    <Link to="/settings/backup" className={`${classes.bit} ${classes.optional}`}>
      <IconDatabase size={12} aria-hidden /> {newest === 0 ? 'No backup yet' : `Backup ${f.ago(newest, now)}`}
    </Link>
  );
}

function Network() {
  const { online } = useNetwork();
  const connection = useConnection((s) => s.state);
  if (connection === 'lost') {
    return (
      <span className={`${classes.bit} h-bad`} role="status">
        <IconWifiOff size={12} aria-hidden /> Heliograph does not answer, trying again
      </span>
    );
  }
  return (
    <span className={classes.bit} role="status">
      {online ? <IconWifi size={12} aria-hidden /> : <IconWifiOff size={12} aria-hidden />} {online ? 'Online' : 'Offline: nothing is sent'}
    </span>
  );
}
