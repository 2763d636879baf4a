import { IconAlertTriangle, IconBan, IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './parts.module.css';

export type StepState = 'done' | 'attention' | 'problem' | 'open';

export interface Step {
  readonly id: string;
  readonly name: string;
  /** What the step holds now, in a line or two. */
  readonly note?: ReactNode;
  readonly state: StepState;
}

const marks = {
  done: { word: 'done', background: 'var(--h-ok-soft)', color: 'var(--h-ok)', icon: <IconCheck size={12} stroke={2.4} /> },
  attention: { word: 'needs a look', background: 'var(--h-accent)', color: 'var(--h-accent-ink)', icon: <IconAlertTriangle size={11} stroke={2} /> },
  problem: { word: 'has a problem', background: 'var(--h-bad-soft)', color: 'var(--h-bad)', icon: <IconBan size={12} stroke={2} /> },
  open: { word: 'not done', background: 'var(--h-active)', color: 'var(--h-text-2)', icon: undefined },
} as const;

/** The steps of one page, always visible at its side. Give it to `<Page side>`. */
export function StepRail({ steps, current, onGo, foot }: { readonly steps: readonly Step[]; readonly current: string; readonly onGo: (id: string) => void; readonly foot?: ReactNode }) {
  return (
    <nav aria-label="Steps" style={{ display: 'flex', flexDirection: 'column', height: '100%' }}>
      <ol className={classes.steps}>
        {steps.map((step, index) => {
          const mark = marks[step.state];
          return (
            <li key={step.id}>
              <button type="button" className={classes.step} aria-current={step.id === current ? 'step' : undefined} onClick={() => onGo(step.id)}>
                <span className={classes.stepMark} style={{ background: mark.background, color: mark.color }} aria-hidden>
                  {mark.icon ?? index + 1}
                </span>
                <span>
                  <span className={classes.stepName}>
                    {step.name}
                    <span className="h-visually-hidden">, {mark.word}</span>
                  </span>
                  {step.note !== undefined && <span className={classes.stepNote}>{step.note}</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      {foot !== undefined && <p style={{ marginBlockStart: 'auto', padding: 8, marginBlockEnd: 0, fontSize: 11, lineHeight: '16px' }} className="h-text-2">{foot}</p>}
    </nav>
  );
}
