import { ActionIcon } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type EventFilter, segmentLimits, type SegmentRule, timesOps, type WhenTest } from '../../../src-preload/contract/segment.js';
import { useTRPC } from '../../api/trpc.js';
import { useBuilder } from './builder-context.js';
import { testWithOp } from './defaults.js';
import { NamePicker, type PickerItem } from './name-picker.js';
import { type Choice, ChoicePill, NumberPill, Word } from './pills.js';
import classes from './segments.module.css';
import { SubjectPicker } from './subject-picker.js';
import { DayFields, DurationFields, TestFields } from './test-fields.js';
import { type AnyOp, eventOpWords, eventWords, filterOps, filterSentence, occasionWords, opWords, timesNoun, timesWords, timeOpWord, whenOps } from './words.js';

type EventRule = Extract<SegmentRule, { type: 'event' }>;

interface Props {
  readonly rule: EventRule;
  readonly onChange: (rule: SegmentRule) => void;
  /** Made just now: its first field takes the focus. */
  readonly fresh: boolean;
}

/** `did [purchase] [at least] [2] times [in the last] [30] [days] where [product] [is any of] [Espresso]`. */
export function EventSentence({ rule, onChange, fresh }: Props) {
  const { times, ...uncounted } = rule;
  return (
    <>
      <ChoicePill
        label="Did or did not"
        value={rule.op}
        choices={[
          { value: 'did', label: eventOpWords.did },
          { value: 'didNot', label: eventOpWords.didNot },
        ]}
        // What nobody did has no number of times.
        onChange={(op) => onChange(op === 'did' ? { ...rule, op } : { ...uncounted, op })}
      />
      <EventPill rule={rule} onChange={onChange} />
      <CountingPill rule={rule} onChange={onChange} />
      {rule.op === 'did' && !rule.occasion && <TimesFields times={times ?? { op: 'atLeast', count: 1 }} fresh={fresh} onChange={(next) => onChange({ ...rule, times: next })} />}
      <WhenFields when={rule.when} always={!rule.occasion} onChange={(when) => onChange({ ...rule, when })} />
      <Filters event={rule.event} filters={rule.where ?? []} onChange={(where) => onChange({ ...rule, where: where.length > 0 ? where : undefined })} />
    </>
  );
}

function EventPill({ rule, onChange }: Omit<Props, 'fresh'>) {
  const [open, setOpen] = useState(false);
  const words = eventWords(rule.event);
  return (
    // Another event is asked the same; anything else is another rule.
    <SubjectPicker opened={open} staysHere onClose={() => setOpen(false)} onPick={(picked) => onChange(picked.type === 'event' ? { ...rule, event: picked.event } : picked)}>
      <button type="button" className={classes.pill} aria-label={`Event: ${words}`} onClick={() => setOpen(!open)}>
        <span className="h-ellipsis">{words}</span>
      </button>
    </SubjectPicker>
  );
}

type Counting = (typeof timesOps)[number] | 'first' | 'last' | 'atAll';
const occasions: readonly Choice<Counting>[] = [
  { value: 'first', label: occasionWords.first },
  { value: 'last', label: occasionWords.last },
];
const countings: readonly Choice<Counting>[] = [...timesOps.map((op): Choice<Counting> => ({ value: op, label: timesWords[op] })), ...occasions];
const notCountings: readonly Choice<Counting>[] = [{ value: 'atAll', label: 'at all' }, ...occasions];

function CountingPill({ rule, onChange }: Omit<Props, 'fresh'>) {
  const { times, occasion, ...plain } = rule;
  const did = rule.op === 'did';
  const change = (next: Counting) => {
    switch (next) {
      case 'first':
      case 'last':
        onChange({ ...plain, occasion: next, when: rule.when ?? { op: 'inLast', duration: { amount: 30, unit: 'days' } } });
        return;
      case 'atAll':
        onChange(plain);
        return;
      default:
        onChange({ ...plain, times: { op: next, count: times?.count ?? 1 } });
    }
  };
  return <ChoicePill label="How often" value={occasion ?? (did ? (times?.op ?? 'atLeast') : 'atAll')} choices={did ? countings : notCountings} onChange={change} />;
}

function TimesFields({ times, onChange, fresh }: { readonly times: NonNullable<EventRule['times']>; readonly onChange: (times: NonNullable<EventRule['times']>) => void; readonly fresh: boolean }) {
  return (
    <>
      <NumberPill label="Times" value={times.count} autoFocus={fresh} onChange={(count) => onChange({ ...times, count })} />
      <Word>{timesNoun(times.count)}</Word>
    </>
  );
}

/** When it was. With `always`, at any time is among the choices. */
function WhenFields({ when, always, onChange }: { readonly when: WhenTest | undefined; readonly always: boolean; readonly onChange: (when: WhenTest | undefined) => void }) {
  const { zone } = useBuilder();
  const choices: Choice<WhenTest['op'] | 'ever'>[] = [...(always ? [{ value: 'ever' as const, label: opWords.ever }] : []), ...whenOps.map((op) => ({ value: op, label: timeOpWord(op) }))];
  return (
    <>
      <ChoicePill
        label="When"
        value={when?.op ?? 'ever'}
        choices={choices}
        // `testWithOp` gives each operator its own fields; they may still be empty.
        onChange={(op) => onChange(op === 'ever' ? undefined : (testWithOp(when ?? {}, op, { zone }) as unknown as WhenTest))}
      />
      {when?.op === 'inLast' && <DurationFields duration={when.duration} onChange={(duration) => onChange({ op: 'inLast', duration })} />}
      {when && when.op !== 'inLast' && <DayFields test={when} onChange={onChange} />}
    </>
  );
}

interface FiltersProps {
  readonly event: string;
  readonly filters: readonly EventFilter[];
  readonly onChange: (filters: EventFilter[]) => void;
}

/** What the event must have carried, and a way to ask for more. */
function Filters({ event, filters, onChange }: FiltersProps) {
  const [adding, setAdding] = useState(false);
  const [fresh, setFresh] = useState<number>();
  const addButton = useRef<HTMLButtonElement>(null);
  const removed = useRef(false);
  useEffect(() => {
    if (!removed.current) return;
    removed.current = false;
    addButton.current?.focus();
  });
  return (
    <>
      {filters.map((filter, index) => (
        // A filter has no name of its own: its place is what tells it apart.
        <span key={index} className={classes.filter} role="group" aria-label={`Condition: ${filterSentence(filter)}`}>
          <Word>{index === 0 ? 'where' : 'and'}</Word>
          <FilterFields event={event} filter={filter} fresh={fresh === index} onChange={(next) => onChange(filters.with(index, next))} />
          <ActionIcon
            size={20}
            aria-label={`Remove the condition ${filterSentence(filter)}`}
            onClick={() => {
              removed.current = true;
              setFresh(undefined);
              onChange(filters.toSpliced(index, 1));
            }}
          >
            <IconX size={12} />
          </ActionIcon>
        </span>
      ))}
      {filters.length < segmentLimits.filtersPerRule && (
        <FieldPicker
          event={event}
          opened={adding}
          onClose={() => setAdding(false)}
          onPick={(filter) => {
            setFresh(filters.length);
            onChange([...filters, filter]);
          }}
        >
          <button ref={addButton} type="button" className={`${classes.pill} ${classes.add}`} aria-label={filters.length === 0 ? 'where: add a condition on what the event carries' : 'and: add another condition'} onClick={() => setAdding(!adding)}>
            <IconPlus size={12} aria-hidden />
            {filters.length === 0 ? 'where' : 'and'}
          </button>
        </FieldPicker>
      )}
    </>
  );
}

function FilterFields({ event, filter, fresh, onChange }: { readonly event: string; readonly filter: EventFilter; readonly fresh: boolean; readonly onChange: (filter: EventFilter) => void }) {
  const { zone } = useBuilder();
  const [open, setOpen] = useState(false);
  const source = { field: { of: 'event', event, name: filter.name } as const, label: filter.name, word: (value: string) => value };
  return (
    <>
      <FieldPicker event={event} opened={open} staysHere onClose={() => setOpen(false)} onPick={(next) => onChange(next.of === filter.of ? ({ ...filter, name: next.name }) : next)}>
        <button type="button" className={classes.pill} aria-label={`Condition on: ${filter.name}`} onClick={() => setOpen(!open)}>
          <span className="h-ellipsis">{filter.name}</span>
        </button>
      </FieldPicker>
      <ChoicePill<AnyOp>
        label="Comparison"
        value={filter.test.op}
        choices={filterOps(filter).map((op) => ({ value: op, label: opWords[op] }))}
        // The menu offers only the operators of this kind of filter.
        onChange={(op) => onChange({ ...filter, test: testWithOp(filter.test, op, { zone, numbers: filter.of === 'metric' }) } as unknown as EventFilter)}
      />
      {/* Another name has other values: the field starts anew. */}
      <TestFields key={filter.name} test={filter.test} source={source} fresh={fresh} onChange={(test) => onChange({ ...filter, test } as EventFilter)} />
    </>
  );
}

interface Field extends PickerItem {
  readonly filter: EventFilter;
}

const field = (of: EventFilter['of'], name: string, own = false): Field => ({
  key: `${own ? 'new:' : ''}${of}:${name}`,
  section: of === 'attribute' ? 'Attributes' : 'Numbers',
  label: own ? `“${name}”` : name,
  filter: of === 'attribute' ? { of, name, test: { op: 'is', values: [] } } : { of, name, test: { op: 'gte', value: Number.NaN } },
});
const ownFields = (name: string): readonly Field[] => [field('attribute', name, true), field('metric', name, true)];

/** What the newest of an event carry, and names typed by hand. */
function FieldPicker({ event, onPick, ...props }: Omit<Parameters<typeof NamePicker<Field>>[0], 'items' | 'own' | 'label' | 'placeholder' | 'onPick'> & { readonly event: string; readonly onPick: (filter: EventFilter) => void }) {
  const trpc = useTRPC();
  const carried = useQuery(trpc.segments.eventFields.queryOptions({ event }, { enabled: props.opened, trpc: { abortOnUnmount: true } }));
  const items = [...(carried.data?.attributes ?? []).map((name) => field('attribute', name)), ...(carried.data?.metrics ?? []).map((name) => field('metric', name))];
  return <NamePicker {...props} items={items} own={ownFields} label="What the event carries" placeholder="Attribute or number" onPick={({ filter }) => onPick(filter)} />;
}
