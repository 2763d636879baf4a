import { type BringOverNote, bringOverLimits } from '../../src-preload/contract/bring-over.js';
import type { TreatmentMessage } from '../../src-preload/contract/campaign.js';
import { uidOf } from './ids.js';
import { CannotCarry, note } from './note.js';
import type { PinpointCampaign } from './pinpoint.js';
import type { Found, Left } from './found.js';
import { emailOf } from './plan-templates.js';

export interface PlannedCampaign {
  readonly id: string;
  readonly uid: string;
  readonly name: string;
  readonly file: string;
  readonly segment: string | null;
  readonly message: TreatmentMessage | null;
  readonly from: { readonly name: string; readonly address: string };
  readonly notes: readonly BringOverNote[];
}
export interface LeftCampaign extends Left {
  /** What it said on channels that cannot be sent on yet. */
  readonly text: string;
}

/** What campaigns point at. A version that did not come is undefined: then the newest is used. */
export interface CampaignPorts {
  readonly segment: (id: string) => string | undefined;
  readonly template: (name: string, version: string | undefined) => { readonly uid: string; readonly version: number | undefined } | undefined;
}

const says = (value: unknown): boolean => (typeof value === 'object' && value !== null ? Object.values(value).some(says) : value !== undefined && value !== null && value !== '');

/** Messages of other channels by the name of their setting: `SMSMessage`, `PushTemplate`. */
function others(campaign: PinpointCampaign): [string, unknown][] {
  return [...Object.entries(campaign.MessageConfiguration ?? {}), ...Object.entries(campaign.TemplateConfiguration ?? {})].filter(([key, value]) => key !== 'EmailMessage' && key !== 'EmailTemplate' && says(value));
}

const channelOf = (key: string) => key.replace(/(?:Message|Template)$/, '');

/** `Name <address>`, or the address alone. */
function sender(from: string | undefined): { name: string; address: string } {
  const text = from?.trim() ?? '';
  const named = /^"?(.*?)"?\s*<([^<>]+)>$/.exec(text);
  return named ? { name: named[1]!.slice(0, 200), address: named[2]!.trim().slice(0, 320) } : { name: '', address: text.slice(0, 320) };
}

const plain = (value: unknown): value is string | number => (typeof value === 'string' && value !== '') || (typeof value === 'number' && value !== 0);

function scheduleNotes({ Schedule: schedule }: PinpointCampaign): BringOverNote[] {
  if (!schedule) return [];
  const { EventFilter: filter, QuietTime: quiet, StartTime: start, Frequency: frequency, Timezone: zone, EndTime: end, IsLocalTime: local } = schedule;
  const notes: BringOverNote[] = [];
  if (typeof filter === 'object' && filter !== null) {
    const values = (filter as { Dimensions?: { EventType?: { Values?: unknown } } }).Dimensions?.EventType?.Values;
    notes.push(note('by_event', { events: Array.isArray(values) ? values.map(String).join(', ') : '' }));
  }
  const later = (plain(start) && start !== 'IMMEDIATE') || (plain(frequency) && frequency !== 'ONCE') || plain(end) || says(quiet);
  if (!later) return notes;
  const quietTime = says(quiet) ? Object.values(quiet as Record<string, unknown>).map(String).join(' to ') : '';
  const detail = { start, frequency, zone, end, local: local === true ? 'yes' : '', quiet: quietTime };
  return [...notes, note('schedule', Object.fromEntries(Object.entries(detail).filter((entry): entry is [string, string | number] => plain(entry[1]))))];
}

function settingsNotes(campaign: PinpointCampaign): BringOverNote[] {
  const notes = scheduleNotes(campaign);
  if (campaign.HoldoutPercent) notes.push(note('holdout', { percent: campaign.HoldoutPercent }));
  const treatments = campaign.AdditionalTreatments ?? [];
  if (treatments.length > 0) {
    const names = treatments.map(({ TreatmentName, SizePercent }, i) => `${TreatmentName ?? `variant ${i + 2}`}${SizePercent === undefined ? '' : ` (${SizePercent}%)`}`);
    notes.push(note('treatments', { count: treatments.length, names: names.join(', ') }));
  }
  const limits = Object.fromEntries(Object.entries(campaign.Limits ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] !== 0));
  if (Object.keys(limits).length > 0) notes.push(note('limits', limits));
  if (says(campaign.Hook)) notes.push(note('hook'));
  const status = campaign.State?.CampaignStatus;
  if (status !== undefined && ['COMPLETED', 'EXECUTING', 'PENDING_NEXT_RUN', 'DELETED', 'INVALID'].includes(status)) notes.push(note('was_over', { status }));
  return notes;
}

function messageOf(campaign: PinpointCampaign, ports: CampaignPorts): { message: TreatmentMessage | null; notes: BringOverNote[] } {
  const email = campaign.MessageConfiguration?.EmailMessage;
  const ref = campaign.TemplateConfiguration?.EmailTemplate;
  const notes: BringOverNote[] = [];
  if (ref?.Name !== undefined) {
    const found = ports.template(ref.Name, ref.Version);
    if (found) {
      if (ref.Version !== undefined && found.version === undefined) notes.push(note('template_newest', { name: ref.Name, version: ref.Version }));
      return { message: { kind: 'template', template: found.uid, version: found.version ?? null }, notes };
    }
    notes.push(note('template_missing', { name: ref.Name }));
  }
  if (email && says({ ...email, FromAddress: '' })) {
    const made = emailOf({ subject: email.Title, html: email.HtmlBody, text: email.Body, headers: email.Headers });
    return { message: { kind: 'inline', content: made.content }, notes: [...notes, ...made.notes] };
  }
  return { message: null, notes: ref?.Name === undefined ? [note('no_message')] : notes };
}

/** E-mail campaigns as drafts; those whose messages are of other channels are left with what they said. Of several versions the newest counts. */
export function planCampaigns(found: readonly Found<PinpointCampaign>[], ports: CampaignPorts): { planned: PlannedCampaign[]; left: LeftCampaign[] } {
  const byId = new Map<string, Found<PinpointCampaign>>();
  for (const one of found) {
    const known = byId.get(one.value.Id);
    if (!known || (one.value.Version ?? 0) > (known.value.Version ?? 0)) byId.set(one.value.Id, one);
  }
  const planned: PlannedCampaign[] = [];
  const left: LeftCampaign[] = [];
  for (const [id, { file, value }] of byId) {
    const name = (value.Name?.trim() || id).slice(0, 200);
    const other = others(value);
    const channels = [...new Set(other.map(([key]) => channelOf(key)))].join(', ');
    const text = other.length === 0 ? '' : JSON.stringify(Object.fromEntries(other)).slice(0, bringOverLimits.textLength);
    const isEmail = says(value.MessageConfiguration?.EmailMessage) || value.TemplateConfiguration?.EmailTemplate?.Name !== undefined;
    if (!isEmail && other.length > 0) {
      left.push({ id, name, file, left: note('campaign_channel', { channels }), text });
      continue;
    }
    try {
      const { message, notes } = messageOf(value, ports);
      const segment = value.SegmentId === undefined ? undefined : ports.segment(value.SegmentId);
      planned.push({
        id,
        uid: uidOf('campaign', id),
        name,
        file,
        segment: segment ?? null,
        message,
        from: sender(value.MessageConfiguration?.EmailMessage?.FromAddress),
        notes: [
          ...notes,
          ...(other.length > 0 ? [note('campaign_channel', { channels })] : []),
          ...(value.SegmentId !== undefined && segment === undefined ? [note('segment_missing', { id: value.SegmentId })] : []),
          ...settingsNotes(value),
        ],
      });
    } catch (error) {
      if (!(error instanceof CannotCarry)) throw error;
      left.push({ id, name, file, left: error.note, text: '' });
    }
  }
  return { planned, left };
}
