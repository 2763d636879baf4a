import { IconCheck } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { HomeCounts } from '../../../src-preload/contract/home.js';
import { useFormat } from '../../lib/format.js';
import { screenPaths } from '../../routes.js';
import classes from './home.module.css';

/** The way from a file to clicks, while no campaign exists: each step leads to its screen and says when it is done. */
export function FirstSteps({ counts }: { readonly counts: HomeCounts }) {
  const f = useFormat();
  const steps = [
    { to: '/imports/new', title: 'Bring people in', note: counts.audience.addresses > 0 ? f.audience(counts.audience) : 'A CSV or JSON file, with any columns', done: counts.audience.addresses > 0 },
    { to: '/segments', title: 'Say who', note: counts.segments > 0 ? f.plural(counts.segments, 'segment', 'segments') : 'A segment is a rule over what you know of people', done: counts.segments > 0 },
    { to: '/templates', title: 'Write a message', note: counts.templates > 0 ? f.plural(counts.templates, 'template', 'templates') : 'Start from a template, with names filled in', done: counts.templates > 0 },
    { to: '/campaigns', title: 'Send it to the test mailbox', note: 'A mail server inside this program: nothing leaves the computer', done: false },
  ].filter((step) => screenPaths.has(step.to));
  if (steps.length === 0) return null;
  return (
    <nav aria-label="First steps" className={classes.steps}>
      {steps.map((step, index) => (
        <Link key={step.to} to={step.to} className={classes.step}>
          <span className="h-name">
            {step.done ? <IconCheck size={14} className="h-ok" aria-label="Done" /> : `${index + 1}.`} {step.title}
          </span>
          <span className="h-text-2" style={{ fontSize: 12, lineHeight: '16px' }}>
            {step.note}
          </span>
        </Link>
      ))}
    </nav>
  );
}
