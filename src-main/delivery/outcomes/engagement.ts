import type { OutcomeKind } from '../../../src-preload/contract/delivery.js';
import { outcomeKindCode } from '../../../src-preload/contract/delivery.js';
import { appendEvent } from '../../events/index.js';
import type { WriteDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { classifyMessage, type EngagementClass, type RawEngagement } from './classify.js';
import { acceptedAt, findMessage, type KnownMessage } from './message.rows.js';

/** One open or click as the collector saw it. `run` is the run's uid; `link` is -1 and `target` empty for an open. */
export interface EngagementFact {
  /** Made by the collector when the request came, so that a batch told twice is kept once. */
  readonly uid: string;
  readonly kind: 'open' | 'click';
  readonly run: string;
  readonly seq: number;
  readonly test: boolean;
  readonly link: number;
  readonly target: string;
  readonly at: number;
  readonly userAgent: string;
  readonly ip: string;
}

export const engagementTypes = { open: '_email.open', click: '_email.click' } as const;

/**
 * Records a batch of opens and clicks: each goes to the event log as it came, and the messages they belong to get their outcomes anew. Facts of test sends are logged and
 * never counted; facts of messages this workspace does not hold are dropped (their number is given back), because nobody could ever ask for them.
 */
export function recordEngagement(db: WriteDb, facts: readonly EngagementFact[]): { recorded: number; unknown: number } {
  let recorded = 0;
  let unknown = 0;
  const touched = new Map<string, KnownMessage>();
  for (const fact of facts) {
    const message = findMessage(db, fact.run, fact.seq);
    if (!message) {
      unknown++;
      continue;
    }
    const test = fact.test || message.test;
    const isNew = appendEvent(db, {
      uid: fact.uid,
      type: engagementTypes[fact.kind],
      at: fact.at,
      app: message.app,
      endpoint: message.endpoint,
      run: message.run,
      seq: message.seq,
      attributes: {
        ...(fact.kind === 'click' ? { link: fact.link, url: fact.target } : {}),
        user_agent: fact.userAgent,
        ip: fact.ip,
        ...(test ? { test: true } : {}),
      },
    });
    if (!isNew) continue;
    recorded++;
    if (!test) touched.set(`${message.run}/${message.seq}`, message);
  }
  for (const message of touched.values()) settleMessage(db, message);
  return { recorded, unknown };
}

interface FactRow {
  type: string;
  at: number;
  link: number | null;
  user_agent: string | null;
}

/** An outcome of each kind that follows from engagement, and when it first happened. */
const engagementOutcomes = ['open', 'open_machine', 'click', 'click_scanner'] as const satisfies readonly OutcomeKind[];

/** Which outcome a classed fact is: a proxy's first fetch is an open, a robot's is not (field.md 3). */
function outcomeOf(kind: 'open' | 'click', by: EngagementClass): (typeof engagementOutcomes)[number] {
  const person = by === 'human' || by === 'image_proxy';
  return kind === 'open' ? (person ? 'open' : 'open_machine') : person ? 'click' : 'click_scanner';
}

/**
 * Classes all raw facts of one message and makes its outcomes and its links' clicks agree with them. Called after each new fact, because a later one can show
 * that an earlier one was a scanner's; called over all messages, it applies changed rules to old facts.
 */
export function settleMessage(db: WriteDb, message: Pick<KnownMessage, 'run' | 'seq' | 'sandbox'>): void {
  const { run, seq } = message;
  const rows = db.all<FactRow>(sql`
    select t.name as type, ev.at, json_extract(ev.attributes, '$.link') as link, json_extract(ev.attributes, '$.user_agent') as user_agent
    from event ev join event_type t on t.id = ev.type
    where ev.run = ${run} and ev.seq = ${seq} and t.name in (${engagementTypes.open}, ${engagementTypes.click}) and json_extract(ev.attributes, '$.test') is null
    order by ev.at, ev.id`);
  const facts = rows.map(
    (row): RawEngagement => ({ kind: row.type === engagementTypes.open ? 'open' : 'click', at: row.at, link: row.link ?? -1, userAgent: row.user_agent ?? '' }),
  );
  const classes = classifyMessage(facts, { acceptedAt: acceptedAt(db, run, seq), direct: message.sandbox });
  const first = new Map<OutcomeKind, number>();
  const links = new Map<string, { link: number; kind: OutcomeKind; at: number; n: number }>();
  facts.forEach((fact, index) => {
    const kind = outcomeOf(fact.kind, classes[index]!);
    if (!first.has(kind)) first.set(kind, fact.at);
    if (fact.kind !== 'click') return;
    const key = `${fact.link}/${kind}`;
    const known = links.get(key);
    if (known) known.n++;
    else links.set(key, { link: fact.link, kind, at: fact.at, n: 1 });
  });
  for (const kind of engagementOutcomes) {
    const at = first.get(kind);
    if (at === undefined) db.run(sql`delete from outcome where run = ${run} and seq = ${seq} and kind = ${outcomeKindCode[kind]}`);
    else
      db.run(sql`insert into outcome (run, seq, kind, at) values (${run}, ${seq}, ${outcomeKindCode[kind]}, ${at})
        on conflict (run, seq, kind) do update set at = excluded.at`);
  }
  db.run(sql`delete from link_click where run = ${run} and seq = ${seq}`);
  for (const { link, kind, at, n } of links.values()) {
    db.run(sql`insert into link_click (run, seq, link, kind, at, n) values (${run}, ${seq}, ${link}, ${outcomeKindCode[kind]}, ${at}, ${n})`);
  }
  db.changed('outcome', run);
}

/**
 * Classes a slice of a run's messages anew, after the rules changed. Gives back the seq to go on from, or null at the end, so that it runs as bulk work.
 */
export function reclassify(db: WriteDb, input: { run: string; afterSeq: number; limit: number }): number | null {
  const seqs = db.all<{ seq: number }>(sql`
    select distinct ev.seq from event ev join run r on r.id = ev.run where r.uid = ${input.run} and ev.seq > ${input.afterSeq} order by ev.seq limit ${input.limit}`);
  for (const { seq } of seqs) {
    const message = findMessage(db, input.run, seq);
    if (message && !message.test) settleMessage(db, message);
  }
  return seqs.length < input.limit ? null : seqs.at(-1)!.seq;
}
