import type { CampaignDraft } from '../../src-preload/contract/campaign.js';
import type { Channel } from '../../src-preload/contract/common.js';
import { messageReasonCode } from '../../src-preload/contract/delivery.js';
import { eligibilityReasonSql, suppressionReasonSql, topicById, topicReasonSql, topicRequestReasonSql, type TopicRow } from '../audience/index.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';

/** The topic that a message must be let through by. `missing`: it has one that is not here, and then it may go to nobody. */
export type TopicGate = Pick<TopicRow, 'id' | 'consent'> | 'missing';

/** The gate of a topic by row id; undefined for a message without one. */
export function topicGate(db: ReadDb, topic: number | null): TopicGate | undefined {
  return topic === null ? undefined : (topicById(db, topic) ?? 'missing');
}

/**
 * An SQL expression over `endpoint e`: why a message of this purpose may not go to it (`messageReasonCode`), or 0. Asked at the freeze and again at the claim.
 * A marketing message of a topic goes only where the topic allows it; a transactional one that names a topic asks to confirm it, and goes to those alone who wait for that.
 * Other transactional mail answers something the person did: opt-outs and suppressions from marketing leave it alone, those of scope `all` (complaint, STOP, no such mailbox) do not.
 * The one that asks to confirm a topic is not that: a no to marketing stands against it, unless the recipient asked after it.
 */
export function purposeReasonSql(channel: Channel, purpose: CampaignDraft['purpose'], topic?: TopicGate): Sql {
  const reason = withoutTopicSql(channel, purpose);
  if (topic === undefined) return reason;
  return sql`coalesce(nullif(${reason}, 0), ${gateSql(purpose, topic)})`;
}

function gateSql(purpose: CampaignDraft['purpose'], topic: TopicGate): Sql {
  if (topic === 'missing') return sql`${messageReasonCode.topic_not_given}`;
  return purpose === 'marketing' ? topicReasonSql(topic) : topicRequestReasonSql(topic);
}

function withoutTopicSql(channel: Channel, purpose: CampaignDraft['purpose']): Sql {
  if (purpose === 'marketing') return eligibilityReasonSql(channel);
  return sql`case
    when e.channel <> ${channel} then ${messageReasonCode.wrong_channel}
    when e.active = 0 then ${messageReasonCode.inactive}
    when e.address = '' then ${messageReasonCode.no_address}
    else coalesce((select ${suppressionReasonSql} from suppressed d join suppression s on s.id = d.suppression
      where d.channel = e.channel and d.address_key = e.address_key and d.scope = 'all'), 0) end`;
}
