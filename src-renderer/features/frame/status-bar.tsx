import { useNetwork } from '@mantine/hooks';
import { IconAlertTriangle, IconDatabase, IconPlayerPause, IconWifi, IconWifiOff, IconWorld } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useConnection } from '../../api/connection.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { useWorkspace } from '../../lib/workspace.js';
import { useNow } from '../../lib/now.js';
import { screenPaths } from '../../routes.js';
import { JobsButton } from '../jobs/index.js';
import classes from './frame.module.css';

/** The slim line below everything: what is being sent, how the world reaches us, long work, backup age, network. */
export function StatusBar() {
  return (
    <footer className={classes.status} aria-label="Status">
      <Sending />
      <Collector />
      <JobsButton className={classes.bit} />
      <span className={classes.spread} />
      <BackupAge />
      <Network />
    </footer>
  );
}

const isMoving = ({ status }: { readonly status: string }): boolean => status === 'sending' || status === 'freezing' || status === 'hold';

function Sending() {
  const trpc = useTRPC();
  const f = useFormat();
  const { sendingPaused } = useWorkspace();
  const lost = useConnection((s) => s.state) === 'lost';
  // The rate falls without a commit that would tell.
  const runs = useQuery(trpc.home.now.queryOptions(undefined, { refetchInterval: (query) => (query.state.data?.today.some(isMoving) ? 5_000 : false) })).data?.today ?? [];
  // What was true before the connection was lost is no answer to what goes on now; the end of the bar says that it is lost.
  if (lost) return null;
  const moving = runs.filter(isMoving);
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
      <span className={classes.strong}>{moving.every((run) => run.status === 'hold') ? 'Starting in a moment' : `Sending ${f.number(rate, 1)}/s`}</span>
      <span className="h-ellipsis">
        {moving.length > 1 ? `${moving.length} campaigns` : first.name}
        {first.total > 0 && moving.length === 1 ? `, ${f.percent(first.settled / first.total, 0)}` : ''}
      </span>
    </Link>
  );
}

/** The host of a public address; the address itself when it cannot be read. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function Collector() {
  const trpc = useTRPC();
  const view = useQuery(trpc.reachability.get.queryOptions()).data;
  const problem = useQuery(trpc.reachability.status.queryOptions()).data?.problem;
  if (!view) return null;
  const { setting, collector } = view;
  const stopped = collector.state === 'stopped';
  const words = stopped
    ? ['Collector is not running', problem?.detail['message']].filter((part) => typeof part === 'string').join(': ')
    : setting.mode === 'public'
      ? `${hostOf(setting.url)} ${setting.verifiedAt === null ? 'not verified' : 'reachable'}`
      : setting.mode === 'mailto'
        ? 'No tracking, unsubscribe by e-mail'
        : `Collector on ${hostOf(collector.url ?? '')}, this computer only`;
  const body = (
    <>
      {stopped ? <IconAlertTriangle size={12} aria-hidden /> : <IconWorld size={12} aria-hidden />} <span className="h-ellipsis">{words}</span>
    </>
  );
  const look = `${classes.bit} ${classes.optional} ${stopped ? 'h-warn' : ''}`;
  return screenPaths.has('/settings/reachability') ? (
    <Link to="/settings/reachability" className={look}>
      {body}
    </Link>
  ) : (
    <span className={look}>{body}</span>
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
