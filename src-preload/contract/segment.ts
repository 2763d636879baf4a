import { z } from 'zod';
import { channel } from './common.js';
import { demographicFields } from './endpoint.js';

/**
 * A segment's rule tree as stored data (pinpoint.md 1.7, made wider). What each rule means is written in `src-main/segments/README.md` and, by example, in
 * `test/vectors/segments/`. Rules are told apart by `type`, tests by `op`. A later Heliograph adds types and ops (topics, ...) and never changes
 * the meaning of one, so a stored tree stays valid; `format` rises only if that should ever fail.
 */

/** Bounds of one tree: far above what a person builds, low enough that hostile input cannot tie up the parser or SQLite. */
export const segmentLimits = { depth: 8, nodes: 200, valuesPerRule: 1_000, filtersPerRule: 10, valuesPerTree: 5_000, textLength: 500 } as const;

/** NFC, without NUL and lone surrogates, which UTF-8 cannot hold. */
const text = z
  .string()
  .normalize('NFC')
  .min(1)
  .max(segmentLimits.textLength)
   
  .refine((value) => !/[\0\p{Cs}]/u.test(value), 'not well-formed text');
const values = z.array(text).min(1).max(segmentLimits.valuesPerRule);

/** A name for the node inside its tree, for editors; it has no meaning. */
const nodeId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,24}$/)
  .optional();

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** A calendar day `2026-11-24`, or an instant with its offset `2026-11-24T09:00:00Z`. A day means the whole day. */
export const dateOrInstant = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
/** The IANA zone whose midnights bound a day; UTC when absent. */
const zone = z.string().max(64).refine(isZone, 'not an IANA time zone').optional();

const ignoreCase = z.boolean().optional();
/** Tests of a text or a list of texts: a list passes `is`, `contains`, `startsWith` when any value does; `isNot` is exactly "not `is`". */
export const textTests = [
  z.object({ op: z.literal('is'), values, ignoreCase }),
  z.object({ op: z.literal('isNot'), values, ignoreCase }),
  z.object({ op: z.literal('contains'), values, ignoreCase }),
  z.object({ op: z.literal('startsWith'), values, ignoreCase }),
  z.object({ op: z.literal('exists') }),
  z.object({ op: z.literal('notExists') }),
] as const;
export const dateTests = [
  z.object({ op: z.literal('before'), date: dateOrInstant, zone }),
  z.object({ op: z.literal('after'), date: dateOrInstant, zone }),
  z.object({ op: z.literal('on'), date: z.iso.date(), zone }),
  z.object({ op: z.literal('between'), from: dateOrInstant, to: dateOrInstant, zone }),
] as const;

export const durationUnits = ['hours', 'days', 'weeks'] as const;
export const duration = z.object({ amount: z.number().int().min(1).max(10_000), unit: z.enum(durationUnits) });
export type Duration = z.infer<typeof duration>;
const recencyTests = [z.object({ op: z.literal('inLast'), duration }), z.object({ op: z.literal('longerAgo'), duration })] as const;

/** Dotted numbers, an optional pre-release (`-beta.2`, or letters at once: `b2`), an optional build after `+` or a blank. */
export const versionPattern = /^[vV]?(\d{1,20}(?:\.\d{1,20})*)(?:-([0-9A-Za-z.-]+)|([A-Za-z][0-9A-Za-z.-]*))?(?:[+\s].*)?$/;
const version = z.string().max(100).regex(versionPattern, 'not a version');
const versionTests = [
  z.object({ op: z.literal('versionIs'), version }),
  z.object({ op: z.literal('versionLt'), version }),
  z.object({ op: z.literal('versionLte'), version }),
  z.object({ op: z.literal('versionGt'), version }),
  z.object({ op: z.literal('versionGte'), version }),
  z.object({ op: z.literal('versionBetween'), from: version, to: version }),
] as const;

const number = z.number();
export const metricTest = z.discriminatedUnion('op', [
  z.object({ op: z.literal('eq'), value: number }),
  z.object({ op: z.literal('neq'), value: number }),
  z.object({ op: z.literal('gt'), value: number }),
  z.object({ op: z.literal('gte'), value: number }),
  z.object({ op: z.literal('lt'), value: number }),
  z.object({ op: z.literal('lte'), value: number }),
  z.object({ op: z.literal('between'), from: number, to: number }),
  z.object({ op: z.literal('exists') }),
  z.object({ op: z.literal('notExists') }),
]);
export const textTest = z.discriminatedUnion('op', [...textTests]);
export const attributeTest = z.discriminatedUnion('op', [...textTests, ...dateTests]);
export const demographicTest = z.discriminatedUnion('op', [...textTests, ...versionTests]);
export const createdTest = z.discriminatedUnion('op', [...recencyTests, ...dateTests]);
export const lastSeenTest = z.discriminatedUnion('op', [...recencyTests, ...dateTests, z.object({ op: z.literal('never') }), z.object({ op: z.literal('ever') })]);
export type TextTest = z.infer<typeof textTest>;
export type DateTest = z.infer<(typeof dateTests)[number]>;
export type VersionTest = z.infer<(typeof versionTests)[number]>;
export type AttributeTest = z.infer<typeof attributeTest>;
export type DemographicTest = z.infer<typeof demographicTest>;
export type MetricTest = z.infer<typeof metricTest>;
export type CreatedTest = z.infer<typeof createdTest>;
export type LastSeenTest = z.infer<typeof lastSeenTest>;

/** The demographic fields that compare as versions. */
export const versionFields = ['AppVersion', 'ModelVersion', 'PlatformVersion'] as const;
/** The places that are texts; coordinates have the `distance` rule. */
export const placeFields = ['Country', 'Region', 'City', 'PostalCode'] as const;

const demographicRule = z
  .object({ type: z.literal('demographic'), id: nodeId, field: z.enum(demographicFields), test: demographicTest })
  .refine((rule) => !rule.test.op.startsWith('version') || (versionFields as readonly string[]).includes(rule.field), 'only version fields compare as versions');

/** When something happened: within a duration up to now, or by the calendar. */
export const whenTest = z.discriminatedUnion('op', [recencyTests[0], ...dateTests]);
export type WhenTest = z.infer<typeof whenTest>;
/** What an event must have carried. */
export const eventFilter = z.discriminatedUnion('of', [
  z.object({ of: z.literal('attribute'), name: text, test: textTest }),
  z.object({ of: z.literal('metric'), name: text, test: metricTest }),
]);
export type EventFilter = z.infer<typeof eventFilter>;
export const timesOps = ['atLeast', 'atMost', 'exactly'] as const;

/**
 * Did the person do it? Events of all their addresses count. `times` counts the events that pass `where` and lie in `when`; with `occasion`, `when` is asked of the first or
 * the last event that passes `where`, whenever that was.
 */
const eventRule = z
  .object({
    type: z.literal('event'),
    id: nodeId,
    op: z.enum(['did', 'didNot']),
    event: text,
    times: z.object({ op: z.enum(timesOps), count: z.number().int().min(0).max(1_000_000) }).optional(),
    occasion: z.enum(['first', 'last']).optional(),
    when: whenTest.optional(),
    where: z.array(eventFilter).max(segmentLimits.filtersPerRule).optional(),
  })
  .refine((rule) => !(rule.times && (rule.op === 'didNot' || rule.occasion)), 'times are counted of what somebody did, not of a first or last time')
  .refine((rule) => !(rule.occasion && !rule.when), 'the first or last time needs a when');

export const historyOps = ['sent', 'accepted', 'opened', 'clicked'] as const;
/**
 * What campaigns did to the person, over all their addresses. `sent`: handed over, "may have been sent" included; `accepted`: the mail server said yes. `latest` is the newest run
 * of the campaign whose recipients are fixed. Machine opens (Apple's prefetch, scanners) count only where the rule says so.
 */
const historyRule = z
  .object({
    type: z.literal('history'),
    id: nodeId,
    op: z.enum(historyOps),
    did: z.boolean(),
    of: z.discriminatedUnion('kind', [z.object({ kind: z.literal('any') }), z.object({ kind: z.literal('campaign'), campaign: z.uuid(), run: z.enum(['any', 'latest']) })]),
    inLast: duration.optional(),
    machineOpens: z.boolean().optional(),
  })
  .refine((rule) => !rule.machineOpens || rule.op === 'opened', 'only opens are made by machines');

/** A share of all people, the same ones for the same seed whatever the other rules: `percent` in tenths, from 0 (nobody) to 100 (everybody). */
const randomRule = z.object({ type: z.literal('random'), id: nodeId, percent: z.number().min(0).max(100).multipleOf(0.1), seed: z.number().int().min(0).max(0x7fff_ffff) });

/** `subscribed`: said yes; `left`: said no; `asked`: was asked to confirm and has not yet; `never`: nothing was ever said. */
export const topicRuleOps = ['subscribed', 'left', 'asked', 'never'] as const;

export const segmentRule = z.discriminatedUnion('type', [
  z.object({ type: z.literal('channel'), id: nodeId, op: z.enum(['in', 'notIn']), values: z.array(channel).min(1) }),
  z.object({ type: z.literal('status'), id: nodeId, active: z.boolean() }),
  z.object({ type: z.literal('optOut'), id: nodeId, optedOut: z.boolean() }),
  z.object({ type: z.literal('attribute'), id: nodeId, of: z.enum(['endpoint', 'user']), name: text, test: attributeTest }),
  z.object({ type: z.literal('metric'), id: nodeId, name: text, test: metricTest }),
  demographicRule,
  z.object({ type: z.literal('location'), id: nodeId, field: z.enum(placeFields), test: textTest }),
  z.object({
    type: z.literal('distance'),
    id: nodeId,
    op: z.enum(['within', 'notWithin']),
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    km: z.number().positive().max(20_040),
  }),
  z.object({ type: z.literal('created'), id: nodeId, test: createdTest }),
  z.object({ type: z.literal('lastSeen'), id: nodeId, test: lastSeenTest }),
  eventRule,
  historyRule,
  /** On the suppression list: for marketing (`all` includes it), or for everything. */
  z.object({ type: z.literal('suppression'), id: nodeId, suppressed: z.boolean(), scope: z.enum(['marketing', 'all']) }),
  /** What the address said about a consent topic, by the topic's uid, whatever the topic's default: `asked` is a double opt-in that waits, beside a no that stands too. */
  z.object({ type: z.literal('topic'), id: nodeId, topic: z.uuid(), op: z.enum(topicRuleOps) }),
  randomRule,
  /** Membership of another segment, by its uid; its newest version unless one is named. */
  z.object({ type: z.literal('segment'), id: nodeId, op: z.enum(['in', 'notIn']), segment: z.uuid(), version: z.number().int().positive().optional() }),
]);
export type SegmentRule = z.infer<typeof segmentRule>;
export type SegmentRuleType = SegmentRule['type'];

export const groupMatches = ['all', 'any', 'none'] as const;
export type GroupMatch = (typeof groupMatches)[number];
/** ALL, ANY or NONE of its nodes. A group that holds no rule, however deep, says nothing: it is left out, and a tree without rules means everyone. */
export interface SegmentGroup {
  type: 'group';
  id?: string | undefined;
  match: GroupMatch;
  of: SegmentNode[];
}
export type SegmentNode = SegmentGroup | SegmentRule;

const segmentGroup: z.ZodType<SegmentGroup, SegmentGroup> = z.object({
  type: z.literal('group'),
  id: nodeId,
  match: z.enum(groupMatches),
  of: z.array(z.lazy(() => segmentNode)),
});
const segmentNode: z.ZodType<SegmentNode, SegmentNode> = z.union([segmentGroup, segmentRule]);

/** Walks the raw value without recursion, so that ten thousand nested groups are refused instead of exhausting the stack. */
function withinLimits(tree: unknown): boolean {
  let nodes = 0;
  let valuesSeen = 0;
  const left: { node: unknown; depth: number }[] = [{ node: (tree as { root?: unknown } | null)?.root, depth: 1 }];
  for (let item = left.pop(); item; item = left.pop()) {
    if (typeof item.node !== 'object' || item.node === null) continue;
    const node = item.node as { of?: unknown; test?: { values?: unknown }; where?: unknown };
    if (++nodes > segmentLimits.nodes || item.depth > segmentLimits.depth) return false;
    if (Array.isArray(node.where) && node.where.length > segmentLimits.filtersPerRule) return false;
    const filters: unknown[] = Array.isArray(node.where) ? node.where : [];
    for (const tested of [node, ...filters] as ({ test?: { values?: unknown } } | null)[]) {
      if (Array.isArray(tested?.test?.values)) valuesSeen += tested.test.values.length;
    }
    if (valuesSeen > segmentLimits.valuesPerTree) return false;
    if (Array.isArray(node.of)) for (const child of node.of) left.push({ node: child, depth: item.depth + 1 });
  }
  return true;
}

/**
 * Exactly so many people, drawn from those who match the rules (all of them where they are fewer): a property of the whole segment, not a rule, because it depends on who else matches.
 * The same seed draws the same people from the same people.
 */
export const segmentDraw = z.object({ people: z.number().int().min(1).max(100_000_000), seed: z.number().int().min(0).max(0x7fff_ffff) });
export type SegmentDraw = z.infer<typeof segmentDraw>;

export interface SegmentTree {
  format: 1;
  root: SegmentGroup;
  draw?: SegmentDraw | undefined;
}
export const segmentTree = z
  .unknown()
  .refine(withinLimits, { message: 'too many rules, groups or values', abort: true })
  .pipe(z.object({ format: z.literal(1), root: segmentGroup, draw: segmentDraw.optional() })) as z.ZodType<SegmentTree, SegmentTree>;

export const emptyTree: SegmentTree = { format: 1, root: { type: 'group', match: 'all', of: [] } };

/** The rules without groups that say nothing; `undefined` when no rule is left: everyone. */
export function pruned(group: SegmentGroup): SegmentGroup | undefined {
  const of = group.of.flatMap((node) => {
    const kept = node.type === 'group' ? pruned(node) : node;
    return kept ? [kept] : [];
  });
  return of.length > 0 ? { ...group, of } : undefined;
}

/** Every rule of a tree, in reading order. */
export function* rulesOf(group: SegmentGroup): Generator<SegmentRule> {
  for (const node of group.of) {
    if (node.type === 'group') yield* rulesOf(node);
    else yield node;
  }
}

/** The meaning of a tree as text: equal texts are the same rules in the same order, whatever names an editor gave the nodes. */
export function treeText(tree: SegmentTree): string {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([key, item]) => key !== 'id' && item !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, plain(item)]));
  };
  return JSON.stringify(plain(tree));
}
