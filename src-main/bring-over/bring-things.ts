import { type BringOverItem, type BringOverItemKind, bringOverLimits, type BringOverNote } from '../../src-preload/contract/bring-over.js';
import { isHeliographError } from '../../src-preload/contract/errors.js';
import { segmentByUid } from '../segments/index.js';
import { sql } from '../store/sql.js';
import type { Piece } from './documents.js';
import type { Found, Left } from './found.js';
import { uidOf } from './ids.js';
import type { Context } from './job.js';
import { note } from './note.js';
import { planCampaigns, type PlannedCampaign } from './plan-campaigns.js';
import { planSegments, type PlannedSegment } from './plan-segments.js';
import { planTemplates, type PlannedTemplate } from './plan-templates.js';
import type { Recognised } from './recognise.js';

/** Pieces of one kind with their files. */
function all<K extends Piece['kind']>(files: readonly Recognised[], kind: K): Found<Extract<Piece, { kind: K }>>[] {
  return files.flatMap(({ name, pieces }) => pieces.filter((piece): piece is Extract<Piece, { kind: K }> => piece.kind === kind).map((value) => ({ file: name, value })));
}
const values = <V>(found: readonly Found<{ readonly value: V }>[]): Found<V>[] => found.map(({ file, value }) => ({ file, value: value.value }));

const blank = { uid: null, endpoints: null, digest: null, text: null } as const;
const leftItem = (kind: BringOverItemKind, { id, name, file, left }: Left, text: string | null = null): BringOverItem => ({ ...blank, kind, id, name, file, state: 'left', notes: [left], text });

/** Asks the store to take one in. What it refuses is told and the rest goes on; what ends the whole job is thrown. */
async function adopt(item: Omit<BringOverItem, 'state' | 'uid'>, ask: () => Promise<{ uid: string; name: string; fresh: boolean; deleted: boolean }>): Promise<BringOverItem> {
  try {
    const { uid, name, fresh, deleted } = await ask();
    if (fresh) return { ...item, name, state: 'came', uid };
    return { ...item, name, state: 'already', uid: deleted ? null : uid, notes: deleted ? [note('deleted_here')] : [] };
  } catch (error) {
    if (!isHeliographError(error) || !['BAD_INPUT', 'NOT_FOUND', 'NOT_ALLOWED', 'SEGMENT_CYCLE'].includes(error.code)) throw error;
    const message = error.detail['message'] ?? error.detail['what'];
    return { ...item, state: 'left', uid: null, notes: [note('refused', { error: error.code, message: typeof message === 'string' ? message : '' })] };
  }
}

const described = (kind: BringOverItemKind, plan: { readonly name: string; readonly file: string; readonly notes: readonly BringOverNote[] }, id: string) => ({ ...blank, kind, id, name: plan.name, file: plan.file, notes: [...plan.notes] });

/** Takes in segments, templates and campaigns, each once, and says which imported lists stand here now. */
export async function bringThings(context: Context, files: readonly Recognised[]): Promise<{ items: BringOverItem[]; lists: PlannedSegment[] }> {
  const segments = await bringSegments(context, files);
  const templates = await bringTemplates(context, files);
  const campaigns = await bringCampaigns(context, files, templates.found);
  const journeys = all(files, 'journey').map(({ file, value }) => leftItem('journey', { id: value.id, name: value.name, file, left: note('journey') }));
  return { items: [...segments.items, ...templates.items, ...campaigns, ...journeys], lists: segments.lists };
}

async function bringSegments(context: Context, files: readonly Recognised[]): Promise<{ items: BringOverItem[]; lists: PlannedSegment[] }> {
  const { planned, left } = planSegments(values(all(files, 'segment')), (uid) => {
    const row = segmentByUid(context.db, uid);
    return row && row.deleted_at === null ? { name: row.name, imported: row.kind === 'imported' } : undefined;
  });
  const items: BringOverItem[] = [];
  const lists: PlannedSegment[] = [];
  for (const plan of planned) {
    context.throwIfCancelled();
    const item = await adopt(described('segment', plan, plan.id), () => context.write.segments.adopt({ uid: plan.uid, name: plan.name, kind: plan.kind, versions: plan.versions }));
    items.push(item);
    if (plan.kind === 'imported' && item.uid !== null) lists.push(plan);
  }
  return { items: [...items, ...left.map((one) => leftItem('segment', one))], lists };
}

/** Templates that stand here now, by Pinpoint's name, with its version numbers where they came just now. */
type FoundTemplates = ReadonlyMap<string, { readonly uid: string; readonly numbers: PlannedTemplate['numbers'] }>;

async function bringTemplates(context: Context, files: readonly Recognised[]): Promise<{ items: BringOverItem[]; found: FoundTemplates }> {
  const other = all(files, 'otherTemplate');
  const { planned, left } = planTemplates(values(all(files, 'template')), values(all(files, 'templateList')), new Set(other.map(({ value }) => value.name)));
  const items: BringOverItem[] = [];
  const found = new Map<string, { uid: string; numbers: PlannedTemplate['numbers'] }>();
  for (const plan of planned) {
    context.throwIfCancelled();
    const item = await adopt(described('template', plan, plan.name), () => context.write.templates.adopt({ uid: plan.uid, name: plan.name, versions: plan.versions }));
    items.push(item);
    if (item.uid !== null) found.set(plan.name, { uid: item.uid, numbers: item.state === 'came' ? plan.numbers : new Map() });
  }
  const others = other.map(({ file, value }) => leftItem('template', { id: value.name, name: value.name, file, left: note('template_type', { type: value.type }) }, value.text.slice(0, bringOverLimits.textLength)));
  return { items: [...items, ...left.map((one) => leftItem('template', one)), ...others], found };
}

async function bringCampaigns(context: Context, files: readonly Recognised[], templates: FoundTemplates): Promise<BringOverItem[]> {
  const { planned, left } = planCampaigns(values(all(files, 'campaign')), {
    segment: (id) => {
      const uid = uidOf('segment', id);
      return segmentByUid(context.db, uid)?.deleted_at === null ? uid : undefined;
    },
    template: (name, version) => {
      const known = templates.get(name) ?? templateHere(context, name);
      return known && { uid: known.uid, version: version === undefined ? undefined : known.numbers.get(version) };
    },
  });
  const items: BringOverItem[] = [];
  for (const plan of planned) {
    context.throwIfCancelled();
    items.push(await adopt(described('campaign', plan, plan.id), () => context.write.campaigns.adopt(adopted(plan))));
  }
  return [...items, ...left.map((one) => leftItem('campaign', one, one.text === '' ? null : one.text))];
}

const adopted = ({ uid, name, segment, message, from }: PlannedCampaign) => ({ uid, name, segment, message, from });

/** A template that came with an earlier bringing over. */
function templateHere({ db }: Context, name: string): { uid: string; numbers: PlannedTemplate['numbers'] } | undefined {
  const uid = uidOf('template', name);
  return db.get(sql`select 1 as found from template where uid = ${uid} and deleted_at is null`) ? { uid, numbers: new Map() } : undefined;
}
