import type { Funnel } from '../../src-preload/contract/campaign.js';
import type { Channel } from '../../src-preload/contract/common.js';
import { messageReasonCode, messageReasons } from '../../src-preload/contract/delivery.js';
import { segmentMembersSql } from '../segments/index.js';
import type { ReadDb } from '../store/db.js';
import { highestId } from '../store/highest-id.js';
import { sql } from '../store/sql.js';
import { purposeReasonSql, type TopicGate } from './eligibility.js';

export interface AudienceInput {
  /** Row id and version of the segment. */
  readonly segment: { readonly id: number; readonly version: number };
  readonly channel: Channel;
  /** Marketing mail honours marketing suppressions too; transactional mail only those of scope `all`. */
  readonly purpose: 'marketing' | 'transactional';
  /** What the messages are about; absent: any marketing. */
  readonly topic?: TopicGate | undefined;
  readonly onePerPerson: boolean;
  /** What "now" means in the segment's rules, UTC ms. */
  readonly asOf: number;
}

/** Everybody in a segment at one commit, and for each why not, in ascending order of endpoint id. */
export interface AudienceSnapshot {
  readonly commit: number;
  /** Row ids of endpoints. */
  readonly endpoints: Float64Array<ArrayBuffer>;
  /** For each, a `messageReasonCode`; 0 = will get the message. */
  readonly reasons: Uint8Array<ArrayBuffer>;
  readonly funnel: Funnel;
}

const cancelEvery = 16_384;
const unseen = 255;

/**
 * The one pass that both the review's funnel and the freeze use (design 4 "Freeze"): members and reasons come from the same statement in one snapshot, so the lines
 * add up by construction. About nine bytes a member are held.
 *
 * One message per person: the address known longest (lowest row id) of those that could get it is kept, the others are `second_address_of_person`. Two active
 * endpoints never share an e-mail address (a unique index of the schema), so no address can appear twice among those who will get it.
 *
 * A person is counted once: under `none` when any of their addresses will get the message, otherwise under the reason that comes last in `messageReasons`
 * (a suppression says more than "wrong channel").
 */
export function selectAudience(db: ReadDb, input: AudienceInput): AudienceSnapshot {
  const highestUser = highestId(db, 'user');
  const capacity = highestId(db, 'endpoint');
  const members = segmentMembersSql(db, { segment: input.segment.id, version: input.segment.version }, input.asOf);
  const rows = db.iterate<{ id: number; person: number; reason: number }>(sql`
    select e.id as id, coalesce(e.user, 0) as person, ${purposeReasonSql(input.channel, input.purpose, input.topic)} as reason
    from (${members}) m join endpoint e on e.id = m.id order by e.id`);

  const ids = new GrowingIds(Math.min(capacity, 65_536));
  const personReason = new Uint8Array(highestUser + 1).fill(unseen);
  const addresses = new Array<number>(messageReasons.length).fill(0);
  const people = new Array<number>(messageReasons.length).fill(0);
  const second = messageReasonCode.second_address_of_person;
  for (const row of rows) {
    if (ids.length % cancelEvery === 0) db.throwIfCancelled();
    let reason = row.reason;
    if (row.person === 0) people[reason]!++;
    else {
      const before = personReason[row.person]!;
      if (reason === 0 && before === 0 && input.onePerPerson) reason = second;
      if (before === unseen || reason === 0 || (before !== 0 && reason > before)) personReason[row.person] = reason;
    }
    addresses[reason]!++;
    ids.push(row.id, reason);
  }
  for (const reason of personReason) if (reason !== unseen) people[reason]!++;
  const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
  return {
    commit: db.commitNumber(),
    ...ids.finish(),
    funnel: {
      segment: { people: sum(people), addresses: sum(addresses) },
      rows: messageReasons
        .map((reason, code) => ({ reason, people: people[code]!, addresses: addresses[code]! }))
        .filter((row) => row.reason === 'none' || row.addresses > 0),
    },
  };
}

/** Two typed arrays that grow together. */
class GrowingIds {
  length = 0;
  #ids: Float64Array<ArrayBuffer>;
  #reasons: Uint8Array<ArrayBuffer>;
  constructor(capacity: number) {
    this.#ids = new Float64Array(capacity);
    this.#reasons = new Uint8Array(capacity);
  }
  push(id: number, reason: number): void {
    if (this.length === this.#ids.length) {
      const capacity = Math.max(1024, this.length * 2);
      const ids = new Float64Array(capacity);
      ids.set(this.#ids);
      this.#ids = ids;
      const reasons = new Uint8Array(capacity);
      reasons.set(this.#reasons);
      this.#reasons = reasons;
    }
    this.#ids[this.length] = id;
    this.#reasons[this.length++] = reason;
  }
  finish(): { endpoints: Float64Array<ArrayBuffer>; reasons: Uint8Array<ArrayBuffer> } {
    return { endpoints: this.#ids.slice(0, this.length), reasons: this.#reasons.slice(0, this.length) };
  }
}
