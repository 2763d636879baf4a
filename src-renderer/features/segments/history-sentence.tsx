import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { historyOps, type SegmentRule } from '../../../src-preload/contract/segment.js';
import { useBuilder } from './builder-context.js';
import { NamePicker, type PickerItem } from './name-picker.js';
import { type Choice, ChoicePill } from './pills.js';
import classes from './segments.module.css';
import { DurationFields } from './test-fields.js';
import { historyWords, machineWords, opWords, runWords } from './words.js';

type HistoryRule = Extract<SegmentRule, { type: 'history' }>;

interface Props {
  readonly rule: HistoryRule;
  readonly onChange: (rule: SegmentRule) => void;
  /** Made just now: its first field takes the focus. */
  readonly fresh: boolean;
}

type Verb = `${HistoryRule['op']} ${'did' | 'didNot'}`;
const verbs = historyOps.flatMap((op) => (['did', 'didNot'] as const).map((how): Choice<Verb> & { readonly op: HistoryRule['op']; readonly did: boolean } => ({ value: `${op} ${how}`, label: historyWords[op][how], op, did: how === 'did' })));

/** `[did not open] [Spring sale] [newest run] [in the last] [30] [days]`. */
export function HistorySentence({ rule, onChange, fresh }: Props) {
  const { machineOpens, ...others } = rule;
  return (
    <>
      <ChoicePill
        label="What happened"
        value={`${rule.op} ${rule.did ? 'did' : 'didNot'}`}
        choices={verbs}
        onChange={(verb) => {
          const { op, did } = verbs.find(({ value }) => value === verb)!;
          // Only opens are made by machines.
          onChange(op === 'opened' ? { ...rule, op, did } : { ...others, op, did });
        }}
      />
      <CampaignPill rule={rule} onChange={onChange} fresh={fresh} />
      {rule.of.kind === 'campaign' && <RunPill of={rule.of} onChange={(of) => onChange({ ...rule, of })} />}
      <ChoicePill
        label="When"
        value={rule.inLast ? 'inLast' : 'ever'}
        choices={[
          { value: 'ever', label: opWords.ever },
          { value: 'inLast', label: opWords.inLast },
        ]}
        onChange={(when) => onChange({ ...rule, inLast: when === 'ever' ? undefined : (rule.inLast ?? { amount: 30, unit: 'days' }) })}
      />
      {rule.inLast && <DurationFields duration={rule.inLast} onChange={(inLast) => onChange({ ...rule, inLast })} />}
      {rule.op === 'opened' && (
        <ChoicePill
          label="Opens made by machines"
          value={machineOpens ? 'with' : 'without'}
          choices={[
            { value: 'without', label: machineWords.without },
            { value: 'with', label: machineWords.with },
          ]}
          onChange={(to) => onChange({ ...others, ...(to === 'with' && { machineOpens: true }) })}
        />
      )}
    </>
  );
}

function RunPill({ of, onChange }: { readonly of: Extract<HistoryRule['of'], { kind: 'campaign' }>; readonly onChange: (of: HistoryRule['of']) => void }) {
  return (
    <ChoicePill
      label="Run"
      value={of.run}
      choices={[
        { value: 'any', label: runWords.any },
        { value: 'latest', label: runWords.latest },
      ]}
      onChange={(run) => onChange({ ...of, run })}
    />
  );
}

interface CampaignItem extends PickerItem {
  readonly uid: string | undefined;
}
const anyCampaign: CampaignItem = { key: 'any', section: 'All', label: 'any campaign', uid: undefined };

function CampaignPill({ rule, onChange, fresh }: Props) {
  const { campaigns, names } = useBuilder();
  const [open, setOpen] = useState(false);
  const { of } = rule;
  const shown = of.kind === 'any' ? anyCampaign.label : names.campaign(of.campaign);
  return (
    <NamePicker<CampaignItem>
      opened={open}
      staysHere
      items={[anyCampaign, ...campaigns.map(({ uid, name, section }) => ({ key: uid, section, label: name, uid }))]}
      label="Campaign"
      placeholder="Campaign name"
      onClose={() => setOpen(false)}
      onPick={({ uid }) => onChange({ ...rule, of: uid === undefined ? { kind: 'any' } : { kind: 'campaign', campaign: uid, run: of.kind === 'campaign' ? of.run : 'any' } })}
    >
      <button type="button" autoFocus={fresh} className={`${classes.pill} ${classes.value}`} aria-label={`Campaign: ${shown}`} onClick={() => setOpen(!open)}>
        <span className="h-ellipsis">{shown}</span>
        <IconChevronDown size={12} aria-hidden />
      </button>
    </NamePicker>
  );
}
