import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { SegmentTree } from '../../../src-preload/contract/segment.js';
import type { SegmentCount, SegmentDetail } from '../../../src-preload/contract/segment-views.js';
import { useFormat } from '../../lib/format.js';
import { BarCell, DetailPanel, ErrorState, SkeletonLines } from '../../ui/index.js';
import { History } from './history.js';
import classes from './segments.module.css';
import { Why } from './why.js';
import { channelNames, type RuleNames } from './words.js';

export interface NowPanelProps {
  readonly segment: SegmentDetail;
  readonly count: UseQueryResult<SegmentCount, unknown>;
  readonly pending: boolean;
  readonly everyone: number | undefined;
  /** The count when the page was opened. */
  readonly opened: { readonly version: number; readonly people: number } | undefined;
  readonly names: RuleNames;
  /** The rules as they stand on the screen. */
  readonly tree: SegmentTree;
  readonly onUse: (version: number) => void;
  /** Opens the members in the list of people. */
  readonly onMembers: () => void;
  readonly onClose: () => void;
}

/** Who is in the segment now, how they can be reached, what needs it, and how it came to be. */
export function NowPanel({ segment, count, pending, everyone, opened, names, tree, onUse, onMembers, onClose }: NowPanelProps) {
  const f = useFormat();
  const now = count.data;
  return (
    <DetailPanel title="In this segment now" width={304} onClose={onClose}>
      {count.isError ? (
        <ErrorState error={count.error} onRetry={() => void count.refetch()} />
      ) : now === undefined ? (
        <SkeletonLines lines={4} />
      ) : (
        <div aria-live="polite">
          <div style={{ opacity: pending ? 0.6 : 1 }}>
            <span className={classes.now} data-testid="segment-people">
              {f.number(now.people)}
            </span>{' '}
            <span className="h-text-2" style={{ fontSize: 15 }}>
              {now.people === 1 ? 'person' : 'people'}
            </span>
          </div>
          <div className="h-text-2">
            {f.plural(now.addresses, 'address', 'addresses')}
            {everyone !== undefined && everyone > 0 && `, ${f.percent(now.people / everyone)} of everyone`}
          </div>
          {now.addresses > 0 && (
            <button type="button" className="h-link" onClick={onMembers}>
              Show them in the list of people
            </button>
          )}
          <div className="h-text-3" style={{ fontSize: 12, lineHeight: '16px', marginBlock: 8 }}>
            <span className={classes.dot} data-busy={pending || undefined} aria-hidden />
            {pending ? 'Counting' : `Counted in ${f.number(now.ms)} ms, as of change ${f.number(now.commit)}`}
          </div>
        </div>
      )}
      {now && opened && opened.people !== now.people && (
        <section className={classes.block}>
          <h3 className={classes.blockHead}>
            Since you opened it <span>version {opened.version} to now</span>
          </h3>
          <ul className={classes.lines}>
            <li>
              <span className="h-text-2">
                {f.number(opened.people)} to {f.number(now.people)}
              </span>
              <b>
                {now.people > opened.people ? '+' : '−'}
                {f.number(Math.abs(now.people - opened.people))}
              </b>
            </li>
          </ul>
        </section>
      )}
      {now && now.people > 0 && (
        <section className={classes.block}>
          <h3 className={classes.blockHead}>Reachable on</h3>
          {now.reachable.length === 0 ? (
            <p className="h-text-2" style={{ margin: 0 }}>
              Nobody here has an active address.
            </p>
          ) : (
            <div className={classes.reach}>
              {now.reachable.map((one) => (
                <div key={one.channel} style={{ display: 'contents' }}>
                  <span>{capital(channelNames[one.channel])}</span>
                  <BarCell parts={[{ value: one.people, fill: 'link' }]} max={now.people} label={`${f.number(one.people)} of ${f.number(now.people)} people`} height={4} />
                  <span className="h-num">{f.number(one.people)}</span>
                </div>
              ))}
            </div>
          )}
          <p className="h-text-3" style={{ fontSize: 12, lineHeight: '16px', margin: '8px 0 0' }}>
            Before consent and suppressions. A campaign shows who is left after them.
          </p>
        </section>
      )}
      <Why tree={tree} names={names} />
      <section className={classes.block}>
        <h3 className={classes.blockHead}>Used by</h3>
        {segment.usedBy.length === 0 ? (
          <p className="h-text-2" style={{ margin: 0 }}>
            Nothing yet.
          </p>
        ) : (
          <ul className={classes.lines}>
            {segment.usedBy.map((use) => (
              <li key={`${use.kind} ${use.uid}`}>
                <Link className="h-ellipsis" to={`/${use.kind === 'segment' ? 'segments' : 'campaigns'}/${use.uid}`}>
                  {use.name}
                </Link>
                <span className="h-text-3">{use.kind === 'segment' ? 'segment' : use.status}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      {segment.kind === 'dynamic' && <History uid={segment.uid} version={segment.version} names={names} onUse={onUse} />}
    </DetailPanel>
  );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
