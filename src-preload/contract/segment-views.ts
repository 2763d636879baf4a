import { z } from 'zod';
import { pickLimit } from './audience.js';
import { type AudienceCount, audienceCount, channel, instantMs, rowId } from './common.js';
import { endpointView } from './endpoint.js';
import { demographicFields } from './endpoint.js';
import { placeFields, segmentLimits, segmentTree, type SegmentTree } from './segment.js';

/** What the segments router takes and gives. */
export const segmentName = z.string().trim().min(1).max(200);
export const segmentUid = z.object({ uid: z.uuid() });
export const segmentKinds = ['dynamic', 'imported'] as const;

/** `imported`: an empty list, to be filled by hand. */
export const createSegmentInput = z.object({ name: segmentName.optional(), tree: segmentTree.optional(), kind: z.enum(segmentKinds).optional() });
export const renameSegmentInput = z.object({ uid: z.uuid(), name: segmentName });
export const saveSegmentInput = z.object({ uid: z.uuid(), tree: segmentTree });

/** Something that names a segment. `blocks`: it is a draft or under way, so the segment cannot be deleted. */
export const segmentUse = z.object({
  kind: z.enum(['campaign', 'segment']),
  uid: z.string(),
  name: z.string(),
  /** `draft`, `sending`, `sent`, ... in one word; empty for a segment. */
  status: z.string(),
  at: instantMs,
  blocks: z.boolean(),
});
export type SegmentUse = z.infer<typeof segmentUse>;

export const segmentSummary = z.object({
  uid: z.uuid(),
  name: z.string(),
  kind: z.enum(segmentKinds),
  version: z.number().int(),
  createdAt: instantMs,
  updatedAt: instantMs,
  usedBy: z.array(segmentUse),
});
export type SegmentSummary = z.infer<typeof segmentSummary>;
export const segmentDetail = segmentSummary.extend({ tree: segmentTree });
export type SegmentDetail = z.infer<typeof segmentDetail>;

export const segmentVersionView = z.object({ version: z.number().int(), at: instantMs, tree: segmentTree });
export type SegmentVersionView = z.infer<typeof segmentVersionView>;

export const countInput = z.object({ tree: segmentTree });
/** People and addresses exactly, with the commit they are true of and the time it took. */
export const segmentCount = audienceCount.extend({
  /** Active addresses by channel, and the people who have one; before consent and suppressions. */
  reachable: z.array(z.object({ channel, people: z.number().int(), addresses: z.number().int() })),
  commit: z.number().int(),
  ms: z.number(),
});
export type SegmentCount = z.infer<typeof segmentCount>;

/**
 * What each rule and group does, in people. `path` is the node's place in the tree (`0`, `2.1`). Under ALL and NONE `people` are those left after the node, in reading order;
 * under ANY those who match it alone, out of those who reach its group. Groups without rules have no entry.
 */
export const segmentEffects = z.object({
  everyone: audienceCount,
  nodes: z.array(z.object({ path: z.string(), people: z.number().int() })),
  commit: z.number().int(),
  ms: z.number(),
});
export type SegmentEffects = z.infer<typeof segmentEffects>;

export const explainInput = z.object({ tree: segmentTree, endpoint: z.number().int().positive() });
/**
 * Which rules and groups hold of one address, by their place; `member`: whether it is in the segment; `drawn`: whether its person was drawn from those who match the rules, null where
 * nobody is drawn or the rules do not hold.
 */
export const segmentExplanation = z.object({ member: z.boolean(), drawn: z.boolean().nullable(), nodes: z.array(z.object({ path: z.string(), holds: z.boolean() })), commit: z.number().int() });
export type SegmentExplanation = z.infer<typeof segmentExplanation>;

export const sampleInput = z.object({ tree: segmentTree, seed: z.number().int().min(0).max(0xffff_ffff), size: z.number().int().min(1).max(100).default(20) });
export const sampleMember = z.object({ id: z.number().int(), view: endpointView, lastSeenAt: instantMs.nullable() });
export type SampleMember = z.infer<typeof sampleMember>;

/** Names in use: attributes and metrics most frequent first; events most recent first, Heliograph's own records after the apps'. */
export const segmentNames = z.object({ attributes: z.array(z.string()), userAttributes: z.array(z.string()), metrics: z.array(z.string()), events: z.array(z.string()) });
export type SegmentNames = z.infer<typeof segmentNames>;
/** Begins the names of events that Heliograph records itself (pinpoint.md 6). */
export const ownEventPrefix = '_email.';

export const eventFieldsInput = z.object({ event: z.string().max(segmentLimits.textLength) });
/** What an event carries, most frequent first. */
export const eventFields = z.object({ attributes: z.array(z.string()), metrics: z.array(z.string()) });
export type EventFields = z.infer<typeof eventFields>;

const fieldName = z.string().max(segmentLimits.textLength);
export const valueField = z.discriminatedUnion('of', [
  z.object({ of: z.literal('endpoint'), name: fieldName }),
  z.object({ of: z.literal('user'), name: fieldName }),
  z.object({ of: z.literal('field'), name: z.enum([...demographicFields, ...placeFields]) }),
  z.object({ of: z.literal('event'), event: fieldName, name: fieldName }),
]);
export type ValueField = z.infer<typeof valueField>;
export const valuesInput = z.object({ field: valueField, search: z.string().max(500).default('') });

/** What the lines of a pasted list are: an address stands for every entry that has it, a user id for all of the user's addresses. */
export const pastedKinds = ['address', 'endpointId', 'userId'] as const;
/** Most lines one paste may hold. */
export const pastedLimit = 100_000;
export const memberActs = ['add', 'remove', 'replace'] as const;
/** Members of an imported segment by hand: addresses picked in the list of people (row ids), or a pasted list. */
export const editMembersInput = z.object({
  uid: z.uuid(),
  act: z.enum(memberActs),
  who: z.discriminatedUnion('of', [
    z.object({ of: z.literal('picked'), ids: z.array(rowId).min(1).max(pickLimit) }),
    z.object({ of: z.enum(pastedKinds), text: z.string().max(10_000_000) }),
  ]),
});
export type EditMembersInput = z.infer<typeof editMembersInput>;

/** Row ids as little-endian 32-bit numbers in base64, as in `AudienceList`. */
const packedIds = z.string().max(64_000_000);
/** What takes an edit of members back. */
export const membersUndo = z.discriminatedUnion('act', [
  z.object({ act: z.literal('add'), ids: packedIds }),
  z.object({ act: z.literal('remove'), ids: packedIds }),
  /** The lists are named by the uids of the rows that hold them. */
  z.object({ act: z.literal('swap'), now: z.uuid(), former: z.uuid() }),
]);
export type MembersUndo = z.infer<typeof membersUndo>;
export const undoMembersInput = z.object({ uid: z.uuid(), undo: membersUndo });

/** What became of an edit, in addresses; of what was pasted, in lines. Lists are cut at 1,000, the numbers are exact. */
export interface EditMembersResult {
  /** Addresses that came or went. */
  readonly changed: number;
  /** Addresses that were as wanted already. */
  readonly already: number;
  /** Lines somebody here goes by, and lines nobody does. */
  readonly found: number;
  readonly missing: number;
  readonly missingList: readonly string[];
  readonly undo: MembersUndo | null;
}

/** What a new segment takes from others: who is in any of them, in every one, or in the first and in none of the others. */
export const combineOps = ['any', 'every', 'onlyFirst'] as const;
export type CombineOp = (typeof combineOps)[number];
export const combineInput = z.object({ name: segmentName, op: z.enum(combineOps), segments: z.array(z.uuid()).min(2).max(50) });
export type CombineInput = z.infer<typeof combineInput>;
export const combineResult = z.object({ uid: z.uuid(), name: z.string(), addresses: z.number().int() });
export type CombineResult = z.infer<typeof combineResult>;

/** The same as rules, which keep following the segments they name. */
export function combinedTree({ op, segments }: Pick<CombineInput, 'op' | 'segments'>): SegmentTree {
  const of = segments.map((segment, index) => ({ type: 'segment' as const, op: op === 'onlyFirst' && index > 0 ? ('notIn' as const) : ('in' as const), segment }));
  return { format: 1, root: { type: 'group', match: op === 'any' ? 'any' : 'all', of } };
}

/** How large a segment was on a day of the reporting zone (`2026-11-24`), as last counted on it, at `at`. */
export interface SegmentSize extends AudienceCount {
  readonly day: string;
  readonly at: number;
}
