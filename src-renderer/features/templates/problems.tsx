import { IconAlertTriangle, IconBan, IconCheck, IconChevronDown, IconChevronUp, IconInfoCircle } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { ContentProblem } from '../../../src-preload/contract/template.js';
import { emailFieldWords, problemWords } from '../../../src-preload/contract/template-words.js';
import { useFormat } from '../../lib/format.js';
import classes from './templates.module.css';

const icons = {
  error: <IconBan size={14} className="h-bad" aria-label="Error" role="img" />,
  warning: <IconAlertTriangle size={14} className="h-warn" aria-label="Warning" role="img" />,
  advice: <IconInfoCircle size={14} className="h-text-3" aria-label="Advice" role="img" />,
} as const;

/** What is wrong with the text, under the editor; a click goes to the place. */
export function Problems({ problems, onGo }: { readonly problems: readonly ContentProblem[] | undefined; readonly onGo: (problem: ContentProblem) => void }) {
  const f = useFormat();
  const [open, setOpen] = useState(true);
  const id = useId();
  if (!problems) return null;
  const n = (severity: ContentProblem['severity']) => problems.filter((p) => p.severity === severity).length;
  const counts = [n('error') > 0 && f.plural(n('error'), 'error', 'errors'), n('warning') > 0 && f.plural(n('warning'), 'warning', 'warnings'), n('advice') > 0 && f.plural(n('advice'), 'hint', 'hints')].filter((s) => s !== false);
  if (problems.length === 0) {
    return (
      <div className={classes.problems}>
        <p className={classes.problemsHead} style={{ cursor: 'default' }} role="status">
          <IconCheck size={14} className="h-ok" aria-hidden /> No problems found.
        </p>
      </div>
    );
  }
  return (
    <section className={classes.problems} aria-label="Problems">
      <button type="button" className={classes.problemsHead} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {n('error') > 0 ? icons.error : icons.warning}
        <span>{counts.join(', ')}</span>
        <span className={classes.grow} />
        {open ? <IconChevronDown size={14} aria-hidden /> : <IconChevronUp size={14} aria-hidden />}
      </button>
      {open && (
        <ul className={classes.problemList} id={id}>
          {problems.map((problem, i) => {
            const { what, todo } = problemWords(problem);
            return (
              <li key={i}>
                <button type="button" className={classes.problem} onClick={() => onGo(problem)}>
                  {icons[problem.severity]}
                  <span>
                    {what} <small>{todo}</small>
                  </span>
                  <small>
                    {emailFieldWords[problem.field]}
                    {problem.line !== undefined && ` ${problem.line}:${problem.column ?? 1}`}
                  </small>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
