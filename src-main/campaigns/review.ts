import type { ReviewResult } from '../../src-preload/contract/campaign.js';
import { isHeliographError } from '../../src-preload/contract/errors.js';
import { linkBaseFor } from '../../src-preload/contract/reachability.js';
import type { EmailContent, MissingVariable } from '../../src-preload/contract/template.js';
import { findTopic } from '../audience/index.js';
import { segmentMembersSql } from '../segments/index.js';
import { readSettings } from '../settings/index.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { checkContent, compileEmail, countMissing } from '../templates/index.js';
import { selectAudience } from './audience.js';
import { campaignByUid, parseDraft } from './campaign.rows.js';
import { reviewChecks } from './checks.js';
import { purposeReasonSql } from './eligibility.js';
import { connectionFacts, type ConnectionFacts, resolveMessage, segmentOf } from './pin.js';

export interface ReviewInput {
  readonly uid: string;
  /** What "now" means in the segment's rules, UTC ms. */
  readonly asOf: number;
  /** Where the collector listens on this machine, or null. */
  readonly collectorUrl: string | null;
}

/**
 * Everything that stands between a draft and its launch. The funnel is the very pass that the freeze will make. Seconds at a million addresses; looks for a cancel throughout.
 * Variables that people lack are counted over all addresses that may be written to, second addresses of a person included.
 */
export function reviewCampaign(db: ReadDb, input: ReviewInput): ReviewResult {
  const row = campaignByUid(db, input.uid);
  const draft = parseDraft(row);
  const settings = readSettings(db);
  const segment = draft.segment === null ? undefined : segmentOf(db, draft.segment);
  const topic = draft.topic === null ? undefined : findTopic(db, draft.topic);
  const funnel = segment
    ? selectAudience(db, { segment, channel: draft.channel, purpose: draft.purpose, topic, onePerPerson: draft.onePerPerson, asOf: input.asOf }).funnel
    : null;
  const chosen = draft.treatments[0]?.message ?? null;
  const message = chosen === null ? undefined : resolveMessage(db, chosen);
  const members = segment
    ? sql`select e.id as id from (${segmentMembersSql(db, { segment: segment.id, version: segment.version }, input.asOf)}) s join endpoint e on e.id = s.id
        where ${purposeReasonSql(draft.channel, draft.purpose, topic)} = 0`
    : undefined;
  const missing = message && members ? missingOf(message.content, (compiled) => countMissing(db, compiled, members)) : [];
  const connection = draft.connection === null ? undefined : connectionFacts(db, draft.connection);
  const checks = reviewChecks({
    draft,
    tested: row.tested_revision === row.revision,
    topic,
    segmentName: segment?.name ?? null,
    funnel,
    message,
    problems: message ? checkContent(message.content) : [],
    missing,
    connection,
    links: linkBaseFor(connection?.provider === 'sandbox', settings.reachability, input.collectorUrl),
    postalAddress: settings.postalAddress,
    sendingPaused: db.get<{ why: string | null }>(sql`select sending_paused as why from workspace`)?.why ?? null,
  });
  return {
    revision: row.revision,
    funnel,
    checks,
    missing: missing.map(({ variable, people, addresses }) => ({ variable, people, addresses })),
    durationSeconds: durationOf(funnel?.rows.find((line) => line.reason === 'none')?.addresses ?? 0, connection),
    ready: checks.every(({ level }) => level !== 'block'),
  };
}

/** Content that does not compile has its own check; it misses nothing that could be named. */
function missingOf(content: EmailContent, countOver: (compiled: ReturnType<typeof compileEmail>) => MissingVariable[]): MissingVariable[] {
  try {
    return countOver(compileEmail(content, { lenient: true })).filter(({ variable }) => !variable.startsWith('Heliograph.'));
  } catch (error) {
    if (isHeliographError(error) && (error.code === 'TEMPLATE_SYNTAX' || error.code === 'PERSONALISED_LINK_HOST')) return [];
    throw error;
  }
}

/** The time that the connection's own limit makes it take at least. Without a limit the far server decides, and nothing is known of it beforehand. */
function durationOf(messages: number, connection: ConnectionFacts | undefined): number | null {
  if (messages === 0 || connection?.per_second == null || connection.provider === 'sandbox') return null;
  return Math.ceil(messages / connection.per_second);
}
