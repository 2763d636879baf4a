import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsShuffle } from '@tabler/icons-react';
import { useState } from 'react';
import { assertNever, channels } from '../../../src-preload/contract/common.js';
import { type SegmentRule, topicRuleOps } from '../../../src-preload/contract/segment.js';
import { useBuilder } from './builder-context.js';
import { newSeed, testWithOp } from './defaults.js';
import { EventSentence } from './event-sentence.js';
import { HistorySentence } from './history-sentence.js';
import { ChoicePill, NumberPill, Word } from './pills.js';
import classes from './segments.module.css';
import { SubjectPicker } from './subject-picker.js';
import { TestFields } from './test-fields.js';
import { OptionsPill, type ValueSource } from './values-pill.js';
import { type AnyOp, channelNames, fieldNames, opsOf, opWord, scopeWords, subjectWords, type TestedRule, topicOpWords, valueWord } from './words.js';

interface Props<R extends SegmentRule = SegmentRule> {
  readonly rule: R;
  readonly onChange: (rule: SegmentRule) => void;
  /** Made just now: its first field takes the focus. */
  readonly fresh: boolean;
}

const membership = [
  { value: 'in', label: 'is any of' },
  { value: 'notIn', label: 'is none of' },
] as const;

/** One rule as a sentence whose coloured words can be changed in place. */
export function RuleSentence(props: Props) {
  const { rule, onChange } = props;
  const { segments, topics } = useBuilder();
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
    case 'event':
      return <EventSentence {...props} rule={rule} />;
    case 'history':
      return <HistorySentence {...props} rule={rule} />;
    case 'suppression':
      return (
        <>
          <ChoicePill label="Suppression" value={rule.suppressed ? 'yes' : 'no'} choices={[{ value: 'yes', label: 'is suppressed' }, { value: 'no', label: 'is not suppressed' }]} onChange={(to) => onChange({ ...rule, suppressed: to === 'yes' })} />
          <Word>for</Word>
          <ChoicePill strong label="Messages" value={rule.scope} choices={[{ value: 'marketing', label: scopeWords.marketing }, { value: 'all', label: scopeWords.all }]} onChange={(scope) => onChange({ ...rule, scope })} />
        </>
      );
    case 'topic':
      return (
        <>
          <ChoicePill label="Consent" value={rule.op} choices={topicRuleOps.map((value) => ({ value, label: topicOpWords[value] }))} onChange={(op) => onChange({ ...rule, op })} />
          <Word>topic</Word>
          <ChoicePill strong label="Topic" value={rule.topic} choices={topics.map(({ uid, name }) => ({ value: uid, label: name }))} onChange={(topic) => onChange({ ...rule, topic })} />
        </>
      );
    case 'random':
      return <RandomSentence {...props} rule={rule} />;
    case 'attribute':
    case 'metric':
    case 'demographic':
    case 'location':
    case 'created':
    case 'lastSeen':
      return (
        <>
          {rule.type === 'attribute' && rule.of === 'user' && <Word>person’s</Word>}
          <SubjectPill {...props} />
          <OpPill rule={rule} onChange={onChange} />
          <TestFields test={rule.test} source={sourceOf(rule)} fresh={props.fresh} onChange={(test) => onChange({ ...rule, test } as SegmentRule)} />
        </>
      );
    default:
      return assertNever(rule);
  }
}

function SubjectPill({ rule, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const words = subjectWords(rule);
  return (
    <SubjectPicker opened={open} staysHere onClose={() => setOpen(false)} onPick={onChange}>
      <button type="button" className={classes.pill} aria-label={`About: ${words}`} onClick={() => setOpen(!open)}>
        <span className="h-ellipsis">{words}</span>
      </button>
    </SubjectPicker>
  );
}

function OpPill({ rule, onChange }: { readonly rule: TestedRule; readonly onChange: (rule: SegmentRule) => void }) {
  const { zone } = useBuilder();
  return (
    <ChoicePill<AnyOp>
      label="Comparison"
      value={rule.test.op}
      choices={opsOf(rule).map((op) => ({ value: op, label: opWord(rule, op) }))}
      // The menu offers only the operators of this kind of rule, and `testWithOp` gives each its own fields; they may still be empty.
      onChange={(op) => onChange({ ...rule, test: testWithOp(rule.test, op, { zone, numbers: rule.type === 'metric' }) } as unknown as SegmentRule)}
    />
  );
}

function sourceOf(rule: TestedRule): ValueSource | undefined {
  const word = (value: string) => valueWord(rule, value);
  if (rule.type === 'attribute') return { field: { of: rule.of, name: rule.name }, label: rule.name, word };
  return rule.type === 'demographic' || rule.type === 'location' ? { field: { of: 'field', name: rule.field }, label: fieldNames[rule.field], word } : undefined;
}

/** `is in a random [10] % of all people`: who they are is the draw's, which can be made again. */
function RandomSentence({ rule, onChange, fresh }: Props<Extract<SegmentRule, { type: 'random' }>>) {
  return (
    <>
      <Word>is in a random</Word>
      <NumberPill label="Percent" value={rule.percent} autoFocus={fresh} onChange={(percent) => onChange({ ...rule, percent })} />
      <Word>% of all people</Word>
      <Tooltip label="Draw again: about as many, other people">
        <ActionIcon size={24} aria-label="Draw again: about as many, other people" onClick={() => onChange({ ...rule, seed: newSeed() })}>
          <IconArrowsShuffle size={14} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
