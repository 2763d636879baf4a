import { useState } from 'react';
import { channels } from '../../../src-preload/contract/common.js';
import { durationUnits, segmentRule, type SegmentRule, versionPattern } from '../../../src-preload/contract/segment.js';
import { useBuilder } from './builder-context.js';
import { testWithOp } from './defaults.js';
import { ChoicePill, DatePill, NumberPill, TextPill, Word } from './pills.js';
import classes from './segments.module.css';
import { SubjectPicker } from './subject-picker.js';
import { OptionsPill, ValuesPill } from './values-pill.js';
import { type AnyOp, channelNames, opsOf, opWord, subjectWords } from './words.js';

interface Props<R extends SegmentRule = SegmentRule> {
  readonly rule: R;
  readonly onChange: (rule: SegmentRule) => void;
  /** Made just now: its first field takes the focus. */
  readonly fresh: boolean;
}
type Tested = Extract<SegmentRule, { test: unknown }>;

const membership = [
  { value: 'in', label: 'is any of' },
  { value: 'notIn', label: 'is none of' },
] as const;

/** One rule as a sentence whose coloured words can be changed in place. */
export function RuleSentence(props: Props) {
  const { rule, onChange } = props;
  const { segments } = useBuilder();
  switch (rule.type) {
    case 'channel':
      return (
        <>
          <SubjectPill {...props} />
          <ChoicePill label="Comparison" value={rule.op} choices={membership} onChange={(op) => onChange({ ...rule, op })} />
          <OptionsPill label="Channels" values={rule.values} options={channels.map((value) => ({ value, label: channelNames[value] }))} onChange={(values) => onChange({ ...rule, values })} />
        </>
      );
    case 'status':
      return (
        <>
          <SubjectPill {...props} />
          <Word>is</Word>
          <ChoicePill strong label="Status" value={rule.active ? 'active' : 'inactive'} choices={[{ value: 'active', label: 'active' }, { value: 'inactive', label: 'inactive' }]} onChange={(to) => onChange({ ...rule, active: to === 'active' })} />
        </>
      );
    case 'optOut':
      return (
        <>
          <SubjectPill {...props} />
          <Word>is</Word>
          <ChoicePill strong label="Opt-out" value={rule.optedOut ? 'yes' : 'no'} choices={[{ value: 'yes', label: 'set' }, { value: 'no', label: 'not set' }]} onChange={(to) => onChange({ ...rule, optedOut: to === 'yes' })} />
        </>
      );
    case 'distance':
      return (
        <>
          <SubjectPill {...props} />
          <ChoicePill label="Comparison" value={rule.op} choices={[{ value: 'within', label: 'is within' }, { value: 'notWithin', label: 'is not within' }]} onChange={(op) => onChange({ ...rule, op })} />
          <NumberPill label="Kilometres" value={rule.km} onChange={(km) => onChange({ ...rule, km })} />
          <Word>km of latitude</Word>
          <NumberPill label="Latitude" value={rule.latitude} autoFocus={props.fresh} onChange={(latitude) => onChange({ ...rule, latitude })} />
          <Word>longitude</Word>
          <NumberPill label="Longitude" value={rule.longitude} onChange={(longitude) => onChange({ ...rule, longitude })} />
        </>
      );
    case 'segment':
      return (
        <>
          <ChoicePill label="Membership" value={rule.op} choices={[{ value: 'in', label: 'is in segment' }, { value: 'notIn', label: 'is not in segment' }]} onChange={(op) => onChange({ ...rule, op })} />
          <ChoicePill strong label="Segment" value={rule.segment} choices={segments.map(({ uid, name }) => ({ value: uid, label: name }))} onChange={(segment) => onChange({ type: 'segment', op: rule.op, segment })} />
        </>
      );
    default:
      return (
        <>
          {rule.type === 'attribute' && rule.of === 'user' && <Word>person’s</Word>}
          <SubjectPill {...props} />
          <OpPill rule={rule} onChange={onChange} />
          <TestFields {...props} rule={rule} />
        </>
      );
  }
}

function SubjectPill({ rule, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const words = subjectWords(rule);
  return (
    <SubjectPicker opened={open} onClose={() => setOpen(false)} onPick={onChange}>
      <button type="button" className={classes.pill} aria-label={`About: ${words}`} onClick={() => setOpen(!open)}>
        <span className="h-ellipsis">{words}</span>
      </button>
    </SubjectPicker>
  );
}

function OpPill({ rule, onChange }: { readonly rule: Tested; readonly onChange: (rule: SegmentRule) => void }) {
  const { zone } = useBuilder();
  return (
    <ChoicePill<AnyOp>
      label="Comparison"
      value={rule.test.op}
      choices={opsOf(rule).map((op) => ({ value: op, label: opWord(rule, op) }))}
      // The menu offers only the operators of this kind of rule, and `testWithOp` gives each its own fields; they may still be empty.
      onChange={(op) => onChange({ ...rule, test: testWithOp(rule, op, zone) } as unknown as SegmentRule)}
    />
  );
}

function TestFields({ rule, onChange, fresh }: Props<Tested>) {
  const { test } = rule;
  const put = (part: object) => onChange({ ...rule, test: { ...test, ...part } } as SegmentRule);
  if ('values' in test && (rule.type === 'attribute' || rule.type === 'demographic' || rule.type === 'location')) {
    return (
      <ValuesPill
        rule={rule}
        values={test.values}
        ignoreCase={test.ignoreCase === true}
        autoOpen={fresh}
        onChange={(values, ignoreCase) => onChange({ ...rule, test: { op: test.op, values, ...(ignoreCase && { ignoreCase }) } })}
      />
    );
  }
  if ('duration' in test) {
    const { amount, unit } = test.duration;
    return (
      <>
        <NumberPill label="How many" value={amount} autoFocus={fresh} onChange={(next) => put({ duration: { amount: next, unit } })} />
        <ChoicePill strong label="Unit" value={unit} choices={durationUnits.map((value) => ({ value, label: value }))} onChange={(next) => put({ duration: { amount, unit: next } })} />
      </>
    );
  }
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

/** What is still missing, in words; undefined when the rule can be counted. */
export function missing(rule: SegmentRule): string | undefined {
  if (segmentRule.safeParse(rule).success) return undefined;
  if ('test' in rule && 'values' in rule.test && rule.test.values.length === 0) return 'choose a value';
  if (rule.type === 'channel' && rule.values.length === 0) return 'choose a channel';
  if (rule.type === 'distance') return 'give a place and a distance';
  if ('test' in rule && ('date' in rule.test || (rule.type !== 'metric' && rule.test.op === 'between'))) return 'choose a day';
  if ('test' in rule && rule.test.op.startsWith('version')) return 'give a version such as 2.10.1';
  return 'give a number';
}
