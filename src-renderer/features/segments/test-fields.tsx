import { type DateTest, type Duration, durationUnits, type EventFilter, versionPattern } from '../../../src-preload/contract/segment.js';
import { ChoicePill, DatePill, NumberPill, TextPill, Word } from './pills.js';
import { type ValueSource, ValuesPill } from './values-pill.js';
import type { TestedRule } from './words.js';

type Test = TestedRule['test'] | EventFilter['test'];

export interface TestFieldsProps<T extends Test> {
  readonly test: T;
  /** Where values of texts come from. */
  readonly source: ValueSource | undefined;
  readonly onChange: (test: T) => void;
  /** Made just now: the first field takes the focus. */
  readonly fresh: boolean;
}

/** The fields that a test compares with. */
export function TestFields<T extends Test>({ test, source, onChange, fresh }: TestFieldsProps<T>) {
  const put = (part: object) => onChange({ ...test, ...part });
  if ('values' in test) {
    return source ? (
      <ValuesPill source={source} values={test.values} ignoreCase={test.ignoreCase === true} autoOpen={fresh} onChange={(values, ignoreCase) => put({ values, ignoreCase: ignoreCase || undefined })} />
    ) : null;
  }
  if ('duration' in test) return <DurationFields duration={test.duration} fresh={fresh} onChange={(duration) => put({ duration })} />;
  if ('version' in test) return <TextPill label="Version" value={test.version} valid={versionPattern.test(test.version)} autoFocus={fresh} onChange={(version) => put({ version })} />;
  if ('date' in test) return <DatePill label="Day" value={test.date} onChange={(date) => put({ date })} />;
  if ('value' in test) return <NumberPill label="Number" value={test.value} autoFocus={fresh} onChange={(value) => put({ value })} />;
  if ('from' in test) {
    const numbers = typeof test.from === 'number' && typeof test.to === 'number' ? { from: test.from, to: test.to } : undefined;
    const texts = { from: String(test.from), to: String(test.to) };
    const version = test.op === 'versionBetween';
    const field = (end: 'from' | 'to', label: string) => {
      if (numbers) return <NumberPill label={label} value={numbers[end]} onChange={(value) => put({ [end]: value })} />;
      if (version) return <TextPill label={label} value={texts[end]} valid={versionPattern.test(texts[end])} onChange={(value) => put({ [end]: value })} />;
      return <DatePill label={label} value={texts[end]} onChange={(value) => put({ [end]: value })} />;
    };
    return (
      <>
        {field('from', 'From')}
        <Word>and</Word>
        {field('to', 'To')}
      </>
    );
  }
  return null;
}

/** `30 days`. */
export function DurationFields({ duration: { amount, unit }, onChange, fresh = false }: { readonly duration: Duration; readonly onChange: (duration: Duration) => void; readonly fresh?: boolean }) {
  return (
    <>
      <NumberPill label="How many" value={amount} autoFocus={fresh} onChange={(next) => onChange({ amount: next, unit })} />
      <ChoicePill strong label="Unit" value={unit} choices={durationUnits.map((value) => ({ value, label: value }))} onChange={(next) => onChange({ amount, unit: next })} />
    </>
  );
}

/** The day or days of a test by the calendar. */
export function DayFields({ test, onChange }: { readonly test: DateTest; readonly onChange: (test: DateTest) => void }) {
  if (test.op !== 'between') return <DatePill label="Day" value={test.date} onChange={(date) => onChange({ ...test, date })} />;
  return (
    <>
      <DatePill label="From" value={test.from} onChange={(from) => onChange({ ...test, from })} />
      <Word>and</Word>
      <DatePill label="To" value={test.to} onChange={(to) => onChange({ ...test, to })} />
    </>
  );
}
