import type { BringOverFile, BringOverItem, BringOverItemKind, BringOverNote, BringOverNoteCode } from './bring-over.js';
import type { ContentProblemCode, EmailField } from './template.js';
import { emailFieldWords, problemWords } from './template-words.js';

type Detail = BringOverNote['detail'];
const n = (value: string | number | undefined): string => (typeof value === 'number' ? value.toLocaleString('en') : (value ?? ''));
const plural = (value: string | number | undefined, one: string, many: string) => `${n(value)} ${value === 1 ? one : many}`;

const limitWords: Readonly<Record<string, (value: string | number) => string>> = {
  Daily: (v) => `${n(v)} a day for each person`,
  Total: (v) => `${n(v)} in all for each person`,
  MessagesPerSecond: (v) => `${n(v)} messages a second`,
  MaximumDuration: (v) => `${n(v)} seconds at most`,
  Session: (v) => `${n(v)} a session`,
};

function scheduleWords(d: Detail): string {
  const parts = [
    d.frequency === undefined || d.frequency === 'ONCE' ? '' : String(d.frequency).toLowerCase(),
    d.start === undefined ? '' : `from ${d.start}`,
    d.end === undefined ? '' : `until ${d.end}`,
    d.zone === undefined ? '' : `in ${d.zone}`,
    d.local === 'yes' ? 'at local time' : '',
    d.quiet === undefined ? '' : `quiet from ${d.quiet}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const words: Readonly<Record<BringOverNoteCode, (d: Detail) => string>> = {
  not_pinpoint: () => 'This is a table, but not with the columns of Pinpoint. If it holds people, import it with "Import a file", where you say what each column is.',
  unreadable: (d) => `The file could not be read${d.message === '' || d.message === undefined ? ` (${d.error}).` : `: ${d.message}`}`,
  other_json: () => 'This JSON holds nothing that Heliograph knows: no segments, templates or campaigns of Pinpoint.',
  too_large: (d) => `This JSON is larger than ${n(Math.round(Number(d.limit) / 1_048_576))} MB. Fetch it in pages and put the pages in one folder.`,
  damaged_json: (d) => `This is not a whole response of Pinpoint: ${d.message}`,
  journey: () => 'Heliograph has no journeys yet.',
  single_endpoints: () => 'Single endpoints of get-endpoint are not read. Export a segment without criteria instead: it holds everybody.',

  same_file_before: () => 'The same file came before. It was not imported again, so that nothing newer is overwritten.',
  nothing_new: () => 'Everybody in it is here already, just so.',
  rows_rejected: (d) => `${plural(d.rows, 'row was', 'rows were')} rejected; the import has ${d.rows === 1 ? 'it' : 'them'} in a file, with the reason.`,
  opt_outs_kept: (d) => `${plural(d.addresses, 'address', 'addresses')} would have lost an unsubscribe: kept.`,
  members_of: (d) => `These are the people of the imported segment "${d.name}".`,
  members_kept: (d) => `The segment "${d.name}" has its people already; they stay as they are.`,
  members_several_csv: (d) => `Several CSV files are named after the segment "${d.name}". The people came, but not into the segment: import one of the files under this name.`,

  part_unknown: (d) => `It uses ${d.part}, which Heliograph has no rule for. Without it the segment would hold more people than before, so it was left out.`,
  value_unusable: (d) => `${d.part} holds a value that cannot be read${d.value === '' ? '.' : `: ${d.value}.`}`,
  too_big: () => 'It has more rules or values than a segment can hold here.',
  source_missing: (d) => `It builds on the segment ${d.id}, which is not among the files. Add its get-segment JSON and bring over again.`,
  source_left: (d) => `It builds on "${d.name}", which could not be carried over.`,
  source_cycle: (d) => `It builds on "${d.name}", which builds on it.`,
  source_newest: (d) => `It was built on version ${d.version} of "${d.name}", which is not among the files. Here it follows the newest.`,
  older_versions_left: (d) => `${plural(d.count, 'older version', 'older versions')} could not be carried over; the newest is here.`,
  both_forms: () => 'It had criteria in two forms (Dimensions and SegmentGroups) that differ. Here both must hold: look at its count.',
  type_assumed: (d) => `Pinpoint did not say how several parts are joined (${d.part}). They were read as ALL.`,
  members_missing: (d) => `It is an imported list${d.size === undefined ? '' : ` of ${plural(d.size, 'address', 'addresses')}`} and is empty now: no endpoint export is named after it. Export the segment in Pinpoint, put the files in a folder with its name or id, and bring over again.`,

  template_type: (d) => `It is for ${typeWords(String(d.type))}. Heliograph sends e-mail only so far; its text is kept in the report.`,
  template_content_missing: (d) => `Only its name is among the files. Add the output of ${d.type === 'EMAIL' ? 'get-email-template' : 'its get-template call'} and bring over again.`,
  template_too_long: (d) => `It is longer than an e-mail can be here. ${d.message}`.trim(),
  defaults_unusable: () => 'Its default values are not JSON and were left out. Write them again in the template.',
  headers: (d) => `Its own headers were left out (${d.names}). Heliograph writes List-Unsubscribe by itself.`,
  recommender: () => 'It used a recommender model, which Heliograph does not have.',
  template_problem: (d) => problemLine(d),

  campaign_channel: (d) => `Its message for ${d.channels} did not come: Heliograph sends e-mail only so far.`,
  no_message: () => 'It had no message. Choose one under Message.',
  segment_missing: (d) => `Its segment ${d.id} is not here. Choose one under Audience.`,
  template_missing: (d) => `Its template "${d.name}" is not here. Choose one under Message.`,
  template_newest: (d) => `It used version ${d.version} of "${d.name}", which is not among the files. Here it uses the newest.`,
  schedule: (d) => `Its schedule did not come (${scheduleWords(d)}). It waits as a draft: launch it under Review when it is time.`,
  by_event: (d) => `It was sent on an event${d.events === '' ? '' : ` (${d.events})`}. Here a segment with a rule on the event says who gets it.`,
  holdout: (d) => `${n(d.percent)}% were held back. Set it again in the segment: a random share of ${n(100 - Number(d.percent))}%.`,
  treatments: (d) => `${plural(d.count, 'more variant', 'more variants')} did not come: ${d.names}. Only the first message is here; set the others again as campaigns of their own.`,
  limits: (d) => `Its limits did not come: ${Object.entries(d).map(([key, value]) => (limitWords[key] ? limitWords[key](value) : `${key} ${n(value)}`)).join(', ')}. The speed is set again in Settings, Connections.`,
  hook: () => 'It asked a Lambda function or a web hook for each person. Heliograph has no hooks.',
  was_over: (d) => `In Pinpoint it was ${String(d.status).toLowerCase().replaceAll('_', ' ')}. Nothing says here who got it already.`,

  deleted_here: () => 'It came before and was deleted here. It stays deleted.',
  refused: (d) => `It was refused (${d.error})${d.message === '' || d.message === undefined ? '.' : `: ${d.message}`}`,
};

function typeWords(type: string): string {
  return { SMS: 'text messages', PUSH: 'push messages', VOICE: 'voice messages', INAPP: 'in-app messages' }[type] ?? type;
}

function problemLine(detail: Detail): string {
  const { problem, field, line, ...rest } = detail;
  const { what } = problemWords({ code: problem as ContentProblemCode, severity: 'error', field: field as EmailField, detail: rest });
  return `${emailFieldWords[field as EmailField]}${line === undefined ? '' : `, line ${n(line)}`}: ${what} Correct it in the template before it is sent.`;
}

/** A note in one or two sentences. */
export const bringOverWords = ({ code, detail }: BringOverNote): string => words[code](detail);

export const bringOverFileWords: Readonly<Record<BringOverFile['kind'], string>> = {
  endpoints: 'Endpoint export',
  segments: 'Segments',
  segmentVersions: 'Versions of a segment',
  templates: 'Templates',
  templateVersions: 'Versions of a template',
  templateList: 'List of templates',
  campaigns: 'Campaigns',
  journeys: 'Journeys',
  mixed: 'Several kinds',
  unknown: 'Not recognised',
};

export const bringOverItemWords: Readonly<Record<BringOverItemKind, { readonly one: string; readonly many: string }>> = {
  endpoints: { one: 'Endpoint export', many: 'Endpoint exports' },
  segment: { one: 'Segment', many: 'Segments' },
  template: { one: 'Template', many: 'Templates' },
  campaign: { one: 'Campaign', many: 'Campaigns' },
  journey: { one: 'Journey', many: 'Journeys' },
  file: { one: 'File', many: 'Files' },
};

export const bringOverStateWords: Readonly<Record<BringOverItem['state'], string>> = { came: 'Came over', already: 'Here already', left: 'Not carried over' };

/** How many of each kind came, were here already, or were left, in the order of the kinds. */
export function bringOverCounts(items: readonly BringOverItem[]): { readonly kind: BringOverItemKind; readonly came: number; readonly already: number; readonly left: number }[] {
  const kinds = Object.keys(bringOverItemWords) as BringOverItemKind[];
  return kinds.flatMap((kind) => {
    const of = items.filter((item) => item.kind === kind);
    const count = (state: BringOverItem['state']) => of.filter((item) => item.state === state).length;
    return of.length === 0 ? [] : [{ kind, came: count('came'), already: count('already'), left: count('left') }];
  });
}
