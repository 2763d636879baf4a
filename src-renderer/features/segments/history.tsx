import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SegmentVersionView } from '../../../src-preload/contract/segment-views.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { Loaded } from '../../ui/index.js';
import classes from './segments.module.css';
import { type RuleNames, treeSentences } from './words.js';

/** Versions closer together than this are one sitting. */
const sittingMs = 10 * 60_000;
const shownAtFirst = 5;

/** The last version of each sitting (or every version), newest first, with what changed since the one before. */
function sittings(versions: readonly SegmentVersionView[], every: boolean): { last: SegmentVersionView; before: SegmentVersionView | undefined }[] {
  const lasts = versions.filter((version, index) => {
    if (every) return true;
    const newer = versions[index - 1];
    return newer === undefined || newer.at - version.at > sittingMs;
  });
  return lasts.map((last, index) => ({ last, before: lasts[index + 1] }));
}

/** The history line: when the rules changed and how, each version one press away. */
export function History({ uid, version, names, onUse }: { readonly uid: string; readonly version: number; readonly names: RuleNames; readonly onUse: (version: number) => void }) {
  const trpc = useTRPC();
  const f = useFormat();
  const [all, setAll] = useState(false);
  const history = useQuery(trpc.segments.history.queryOptions({ uid }));
  return (
    <section className={classes.block} id="segment-history">
      <h3 className={classes.blockHead}>
        History <span>version {version}</span>
      </h3>
      <Loaded query={history}>
        {(versions) => {
          const lines = sittings(versions, all).slice(0, all ? undefined : shownAtFirst);
          return (
            <>
              {lines.map(({ last, before }) => {
                const now = treeSentences(last.tree, names);
                const then = before ? treeSentences(before.tree, names) : [];
                const added = now.filter((sentence) => !then.includes(sentence));
                const removed = then.filter((sentence) => !now.includes(sentence));
                return (
                  <div key={last.version} style={{ marginBlockEnd: 8 }}>
                    <div className={classes.lines} style={{ display: 'flex', justifyContent: 'space-between' }}>
                      <span>
                        v{last.version} <span className="h-text-3">{f.when(last.at)}</span>
                      </span>
                      {last.version !== version && (
                        <button type="button" className="h-link" onClick={() => onUse(last.version)}>
                          Use this version
                        </button>
                      )}
                    </div>
                    <ul className={classes.changes}>
                      {added.map((sentence) => (
                        <li key={`+${sentence}`}>+ {sentence}</li>
                      ))}
                      {removed.map((sentence) => (
                        <li key={`-${sentence}`}>− {sentence}</li>
                      ))}
                      {added.length + removed.length === 0 && <li>{now.length === 0 ? 'everyone' : 'order, groups or the draw changed'}</li>}
                    </ul>
                  </div>
                );
              })}
              {!all && versions.length > lines.length && (
                <button type="button" className="h-link" onClick={() => setAll(true)}>
                  Show all {versions.length} versions
                </button>
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
