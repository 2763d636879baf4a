import { z } from 'zod';
import { consentNote } from './audience.js';
import { channel, type instantMs, rowId } from './common.js';

/** What an address that never said anything about a topic counts as. `opt_in`: it gets nothing before it said yes; `opt_out`: it gets the topic until it says no. */
export const topicDefaults = ['opt_in', 'opt_out'] as const;
export const topicDefault = z.enum(topicDefaults);
export type TopicDefault = z.infer<typeof topicDefault>;

/** One fact of the append-only consent table. `request`: a double opt-in was asked for; it counts as not given until the person confirms. */
export const topicActs = ['give', 'withdraw', 'request'] as const;
export type TopicAct = (typeof topicActs)[number];

/** What the facts about an address and a topic add up to. `never`: nobody asked. */
export const topicStates = ['given', 'withdrawn', 'requested', 'never'] as const;
export type TopicState = (typeof topicStates)[number];

/** Topics of one workspace: a preference page has to stay a page, and what it posts has to fit what the collector takes. */
export const topicLimit = 50;

export const topicUid = z.string().min(1).max(64);
/** What recipients read: both stand on the preference page. */
export const topicNames = z.strictObject({ name: z.string().trim().min(1).max(100), description: z.string().trim().max(300) });
export type TopicNames = z.infer<typeof topicNames>;
/** The default is chosen once: changing it later would give or take consent for everybody at a stroke. */
export const topicInput = topicNames.extend({ default: topicDefault });
export type TopicInput = z.infer<typeof topicInput>;

export interface TopicView extends TopicNames {
  readonly uid: string;
  readonly default: TopicDefault;
  readonly createdAt: z.infer<typeof instantMs>;
  readonly archivedAt?: number;
  /** Addresses by what they said. */
  readonly given: number;
  readonly withdrawn: number;
  readonly requested: number;
  /** Drafts and runs that are not over which go out for it. */
  readonly uses: number;
}

/** How one address stands to one topic. */
export interface TopicStanding {
  readonly topic: string;
  readonly name: string;
  readonly default: TopicDefault;
  readonly state: TopicState;
  /** Whether a marketing message of the topic may go there, as far as the topic goes. */
  readonly mayContact: boolean;
  /** Of the fact that made the state. */
  readonly since?: number;
  readonly source?: string;
  readonly note?: string;
  /** A confirmation is waited for since then. */
  readonly requestedAt?: number;
}

/** One line of what an address ever said about topics, newest first. */
export interface TopicFact {
  readonly id: number;
  readonly at: number;
  readonly act: TopicAct;
  readonly name: string;
  readonly source: string;
  readonly note: string | null;
}

export const addressRef = z.strictObject({ channel, addressKey: z.string().min(1).max(4096) });

/** One act of the operator about one address. Giving needs a reason, which stays for good. */
export const topicActInput = z.strictObject({ id: rowId, topic: topicUid, act: z.enum(topicActs), note: consentNote.optional() });

/** Whether a topic's default lets a message go to an address in this state. */
export function topicAllows(of: TopicDefault, state: TopicState): boolean {
  return of === 'opt_in' ? state === 'given' : state !== 'withdrawn';
}
