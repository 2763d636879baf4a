import { ActionIcon, CopyButton, Skeleton as MantineSkeleton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import type { AudienceCount } from '../../src-preload/contract/common.js';
import { useFormat } from '../lib/format.js';
import classes from './parts.module.css';

/** `ok` and `bad` always come with a word that says so: never colour alone. */
export type Tone = 'neutral' | 'ok' | 'warn' | 'bad' | 'info';

/** A small label: `<Tag tone="warn">Needs approval</Tag>`. `dot` for something that is happening now. */
export function Tag({ tone = 'neutral', dot = false, children }: { readonly tone?: Tone; readonly dot?: boolean; readonly children: ReactNode }) {
  return (
    <span className={`${classes.tag} ${classes[tone]}`}>
      {dot && <span className={classes.dot} aria-hidden />}
      {children}
    </span>
  );
}

export interface SectionProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly tools?: ReactNode;
  readonly level?: 2 | 3;
  readonly children: ReactNode;
}

/** A titled part of a page. */
export function Section({ title, note, tools, level = 2, children }: SectionProps) {
  const id = useId();
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.sectionHead}>
        <Heading id={id}>{title}</Heading>
        {note !== undefined && <span className={classes.sectionNote}>{note}</span>}
        <span className={classes.grow} />
        {tools}
      </div>
      {children}
    </section>
  );
}

/** One figure with its name: `<Stat label="Unique clicks" value="32,672" note="4.2% of accepted" />`. `big` for the one number of a screen. */
export function Stat({ label, value, note, big = false }: { readonly label: string; readonly value: ReactNode; readonly note?: ReactNode; readonly big?: boolean }) {
  return (
    <div className={classes.stat}>
      <span className={classes.statLabel}>{label}</span>
      <span className={big ? classes.statBig : classes.statValue}>{value}</span>
      {note !== undefined && <span className={classes.statNote}>{note}</span>}
    </div>
  );
}

/** `8,200 people, 9,412 addresses` */
export function Count({ of }: { readonly of: AudienceCount }) {
  return <>{useFormat().audience(of)}</>;
}

const fills = { accent: 'var(--h-accent)', neutral: 'var(--h-bar-2)', ok: 'var(--h-ok)', bad: 'var(--h-bad)', link: 'var(--h-link)' } as const;
export type Fill = keyof typeof fills;

export interface BarPart {
  readonly value: number;
  readonly fill: Fill;
}

/** A horizontal amount in a table cell or a line: parts of `max`, with an optional text after it. The text or `label` carries the number. */
export function BarCell({ parts, max, label, text, height = 6 }: { readonly parts: readonly BarPart[]; readonly max: number; readonly label: string; readonly text?: ReactNode; readonly height?: number }) {
  return (
    <span className={classes.bar}>
      <span className={classes.track} style={{ height }} role="img" aria-label={label}>
        {parts.map((part, index) => (
          <span key={index} className={classes.fill} style={{ width: `${max > 0 ? Math.min(100, (100 * part.value) / max) : 0}%`, background: fills[part.fill] }} />
        ))}
      </span>
      {text !== undefined && <span>{text}</span>}
    </span>
  );
}

/** Names and values, one a line: `<Facts of={[['Channel', 'E-mail'], ['Since', f.date(at)]]} />` */
export function Facts({ of }: { readonly of: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {of.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Characters of the end of a long text that stay in sight: enough to tell two addresses of one site apart. */
const tailLength = 10;

/** A long text in one line, cut in its middle where it does not fit; whole under the pointer and when selected. `title`: what the pointer shows, where it is more. */
export function MiddleText({ text, title = text }: { readonly text: string; readonly title?: string }) {
  const letters = [...text];
  const cut = letters.length - Math.min(tailLength, Math.floor(letters.length / 3));
  return (
    <span className={classes.middle} title={title}>
      <span className={classes.middleHead}>{letters.slice(0, cut).join('')}</span>
      <span className={classes.middleTail}>{letters.slice(cut).join('')}</span>
    </span>
  );
}

/** A web address: host and path, the whole of it under the pointer, and a button that copies it. */
export function LinkAddress({ url }: { readonly url: string }) {
  return (
    <span className={classes.address}>
      <MiddleText text={url.replace(/^https?:\/\//i, '')} title={url} />
      <CopyButton value={url}>
        {({ copied, copy }) => (
          <ActionIcon size={18} className={classes.copy} aria-label={copied ? 'Copied' : `Copy ${url}`} title={copied ? 'Copied' : 'Copy the address'} onClick={copy}>
            {copied ? <IconCheck size={12} /> : <IconCopy size={12} />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}

/** Grey lines that keep the place of what is coming. `height` of one line in px. */
export function SkeletonLines({ lines = 3, height = 12, gap = 12 }: { readonly lines?: number; readonly height?: number; readonly gap?: number }) {
  return (
    <div role="status" aria-label="Loading" style={{ display: 'flex', flexDirection: 'column', gap }}>
      {Array.from({ length: lines }, (_, i) => (
        <MantineSkeleton key={i} height={height} width={`${100 - ((i * 17) % 40)}%`} />
      ))}
    </div>
  );
}

/** A grey block of a known size: charts, previews. */
export function SkeletonBlock({ height, width = '100%' }: { readonly height: number | string; readonly width?: number | string }) {
  return <MantineSkeleton role="status" aria-label="Loading" height={height} width={width} />;
}

/** A letter in a square: variants A, B, C keep their chart colour everywhere. */
export function VariantMark({ letter }: { readonly letter: string }) {
  const index = Math.min(6, Math.max(1, letter.toUpperCase().charCodeAt(0) - 64));
  return (
    <span
      style={{
        display: 'inline-grid',
        placeItems: 'center',
        width: 18,
        height: 18,
        borderRadius: 4,
        fontSize: 11,
        lineHeight: 1,
        fontWeight: 600,
        border: `1px solid var(--h-chart-${index})`,
        background: `color-mix(in srgb, var(--h-chart-${index}) 18%, transparent)`,
      }}
    >
      {letter}
    </span>
  );
}

/** Lines that somebody gave, said back: those that were not understood, or were there already. `of` is how many there are when `list` holds only the first. Nothing where there are none. */
export function LinesBack({ title, list, of }: { readonly title: string; readonly list: readonly string[]; readonly of: number }) {
  const f = useFormat();
  if (list.length === 0) return null;
  return (
    <div>
      <div style={{ fontWeight: 500 }}>{title}</div>
      <pre className={classes.linesBack} tabIndex={0} aria-label={title}>
        {list.join('\n')}
        {of > list.length && `\nand ${f.number(of - list.length)} more`}
      </pre>
    </div>
  );
}
