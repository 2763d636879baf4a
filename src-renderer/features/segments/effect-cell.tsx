import { useFormat } from '../../lib/format.js';
import { BarCell } from '../../ui/index.js';
import { useBuilder } from './builder-context.js';
import classes from './segments.module.css';

/** The two columns beside a row: what it takes away and who is left, or how many match it alone. Empty until it is counted. */
export function EffectCell({ id, everyone = false }: { readonly id?: string; readonly everyone?: boolean }) {
  const { effects } = useBuilder();
  const f = useFormat();
  const total = effects.everyone;
  if (total === undefined) return null;
  const shared = { className: classes.effect, 'data-stale': effects.stale || undefined };
  if (everyone) {
    return (
      <span {...shared}>
        <span />
        <span className={classes.bar}>
          <BarCell parts={[{ value: total, fill: 'neutral' }]} max={total} label={`${f.number(total)} people in all`} height={4} />
        </span>
        <span className={classes.left}>{f.number(total)}</span>
      </span>
    );
  }
  const effect = id === undefined ? undefined : effects.of.get(id);
  if (!effect) return null;
  if (effect.kind === 'alone') {
    return (
      <span {...shared}>
        <span className={classes.alone}>alone: {f.plural(effect.people, 'matches', 'match')}</span>
      </span>
    );
  }
  const { away, left, deep } = effect;
  return (
    <span {...shared} data-deep={deep || undefined}>
      <span className={classes.away} aria-label={`takes away ${f.number(away)}`}>
        {away === 0 ? '0' : `−${f.number(away)}`}
      </span>
      {deep ? (
        <span className={classes.bar} />
      ) : (
        <span className={classes.bar}>
          <BarCell parts={[{ value: left, fill: 'neutral' }, { value: away, fill: 'accent' }]} max={total} label={`${f.number(left)} of ${f.number(total)} people left`} height={4} />
        </span>
      )}
      <span className={classes.left}>{deep ? '' : f.number(left)}</span>
    </span>
  );
}
