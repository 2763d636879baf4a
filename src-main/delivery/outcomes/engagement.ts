import type { OutcomeKind } from '../../../src-preload/contract/delivery.js';
import { outcomeKindCode, outcomeKinds } from '../../../src-preload/contract/delivery.js';
import { appendEvent, hasEvent } from '../../events/index.js';
import type { ReadDb, WriteDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { classifyMessage, type EngagementClass, isPerson, ownClass, type RawEngagement } from './classify.js';
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
 * Raw facts of a message kept in the event log for each of: opens by people, opens by robots, clicks by people, clicks by robots (as their user agents say). Who holds a
 * message can open it without end, so a message has at most four times as many rows there; later facts are only counted (`engagement_rest`: one row per outcome and link).
 *
 * What stays right: the first open and the first click of each kind, and how often each link was clicked. What is less exact after so many: a click that is only
 * counted keeps the class it had when it came, the log and rules over it ("opened at least n times") see the kept facts only, and a fact that the collector tells twice counts twice.
 */
export const keptFacts = 100;

type Bucket = `${'open' | 'click'} ${'person' | 'robot'}`;
const bucketOf = (fact: Pick<RawEngagement, 'kind' | 'userAgent' | 'known'>): Bucket => `${fact.kind} ${isPerson(ownClass(fact)) ? 'person' : 'robot'}`;

/**
 * Records a batch of opens and clicks: each goes to the event log as it came (up to `keptFacts`), and the messages they belong to get their outcomes anew, each message once.
 * Facts of test sends are logged and never counted; facts of messages this workspace does not hold are dropped (their number is given back), because nobody could ever ask for them.
 */
export function recordEngagement(db: WriteDb, facts: readonly EngagementFact[]): { recorded: number; unknown: number } {
  let recorded = 0;
  let unknown = 0;
  const byMessage = new Map<string, EngagementFact[]>();
  for (const fact of facts) {
    const key = `${fact.run}/${fact.seq}`;
    const known = byMessage.get(key);
    if (known) known.push(fact);
    else byMessage.set(key, [fact]);
  }
  for (const [first, ...others] of byMessage.values()) {
    const message = findMessage(db, first!.run, first!.seq);
    if (!message) unknown += 1 + others.length;
    else recorded += recordMessage(db, message, [first!, ...others]);
  }
  return { recorded, unknown };
}

/** Gives back how many facts were new. */
function recordMessage(db: WriteDb, message: KnownMessage, facts: readonly EngagementFact[]): number {
  const isTest = (fact: EngagementFact) => fact.test || message.test;
  let recorded = recordTests(db, message, facts.filter(isTest));
  const real = facts.filter((fact) => !isTest(fact));
  if (real.length === 0) return recorded;

  const { run, seq } = message;
  const kept = keptOf(db, run, seq);
  const rest = restOf(db, run, seq);
  const counts = new Map<Bucket, number>();
  for (const fact of kept) counts.set(bucketOf(fact), (counts.get(bucketOf(fact)) ?? 0) + 1);
  const counted: RawEngagement[] = [];
  const before = recorded;
  for (const fact of real) {
    const bucket = bucketOf(fact);
    const n = counts.get(bucket) ?? 0;
    if (n < keptFacts) {
      if (!append(db, message, fact, false)) continue;
      counts.set(bucket, n + 1);
      kept.push(fact);
    } else {
      if (hasEvent(db, { uid: fact.uid, app: message.app, endpoint: message.endpoint, run, seq })) continue;
      counted.push(fact);
    }
    recorded++;
  }
  if (recorded > before) settle(db, message, kept, rest, counted);
  return recorded;
}

/** Facts of test sends: so many are kept as of one message's opens and clicks together, the rest is of no use to anybody. */
function recordTests(db: WriteDb, message: KnownMessage, facts: readonly EngagementFact[]): number {
  if (facts.length === 0) return 0;
  let { room } = db.get<{ room: number }>(sql`
    select ${2 * keptFacts} - count(*) as room from event where run = ${message.run} and seq = ${message.seq} and json_extract(attributes, '$.test') is not null`)!;
  let recorded = 0;
  for (const fact of facts) {
    if (room <= 0) break;
    if (!append(db, message, fact, true)) continue;
    room--;
    recorded++;
  }
  return recorded;
}

function append(db: WriteDb, message: KnownMessage, fact: EngagementFact, test: boolean): boolean {
  return appendEvent(db, {
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
}

interface FactRow {
  readonly type: string;
  readonly at: number;
  readonly link: number | null;
  readonly user_agent: string | null;
}

/** The facts of a message that are in the log. */
function keptOf(db: ReadDb, run: number, seq: number): RawEngagement[] {
  return db
    .all<FactRow>(sql`
      select t.name as type, ev.at, json_extract(ev.attributes, '$.link') as link, json_extract(ev.attributes, '$.user_agent') as user_agent
      from event ev join event_type t on t.id = ev.type
      where ev.run = ${run} and ev.seq = ${seq} and t.name in (${engagementTypes.open}, ${engagementTypes.click}) and json_extract(ev.attributes, '$.test') is null
      order by ev.id`)
    .map((row) => ({ kind: row.type === engagementTypes.open ? 'open' : 'click', at: row.at, link: row.link ?? -1, userAgent: row.user_agent ?? '' }));
}

/** An outcome of each kind that follows from engagement, and when it first happened. */
const engagementOutcomes = ['open', 'open_machine', 'click', 'click_scanner'] as const satisfies readonly OutcomeKind[];
type EngagementOutcome = (typeof engagementOutcomes)[number];

/** Which outcome a classed fact is: a proxy's first fetch is an open, a robot's is not (field.md 3). */
function outcomeOf(kind: 'open' | 'click', by: EngagementClass): EngagementOutcome {
  return kind === 'open' ? (isPerson(by) ? 'open' : 'open_machine') : isPerson(by) ? 'click' : 'click_scanner';
}

/** What is known of facts that were only counted: how many, and the first of them. */
interface RestRow {
  readonly kind: EngagementOutcome;
  readonly link: number;
  readonly at: number;
  readonly n: number;
}

function restOf(db: ReadDb, run: number, seq: number): RestRow[] {
  return db
    .all<{ kind: number; link: number; at: number; n: number }>(sql`select kind, link, at, n from engagement_rest where run = ${run} and seq = ${seq}`)
    .map((row) => ({ ...row, kind: outcomeKinds[row.kind] as EngagementOutcome }));
}

/** The first of a counted lot as a fact among the others: it says of its user agent what is left of that. */
const asFact = ({ kind, link, at }: RestRow): RawEngagement => ({
  kind: kind === 'open' || kind === 'open_machine' ? 'open' : 'click', at, link, userAgent: '', known: kind === 'open' || kind === 'click' ? 'human' : 'scanner',
});

/**
 * Classes all that is known of one message and makes its outcomes and its links' clicks agree with it, because a new fact can show that an earlier one was a scanner's.
 * `counted` are new facts that the log has no room for: they are classed among the others and added to the numbers.
 */
function settle(db: WriteDb, message: KnownMessage, kept: readonly RawEngagement[], rest: readonly RestRow[], counted: readonly RawEngagement[]): void {
  const { run, seq } = message;
  const facts = [
    ...kept.map((fact) => ({ fact, n: 1, as: undefined })),
    ...rest.map((row) => ({ fact: asFact(row), n: row.n, as: row.kind })),
    ...counted.map((fact) => ({ fact, n: 1, as: undefined })),
  ].sort((a, b) => a.fact.at - b.fact.at);
  const classes = classifyMessage(facts.map(({ fact }) => fact), { acceptedAt: acceptedAt(db, run, seq), direct: message.sandbox });
  const isCounted = new Set(counted);
  const first = new Map<EngagementOutcome, number>();
  const links = new Map<string, { link: number; kind: EngagementOutcome; at: number; n: number }>();
  const more = new Map<string, RestRow>();
  facts.forEach(({ fact, n, as }, index) => {
    const kind = outcomeOf(fact.kind, classes[index]!);
    if (!first.has(kind)) first.set(kind, fact.at);
    // A counted lot keeps the class it was counted in; that its first was a scanner's says nothing of the rest.
    const countedAs = as ?? kind;
    const key = `${fact.link}/${countedAs}`;
    if (isCounted.has(fact)) more.set(key, { kind, link: fact.link, at: more.get(key)?.at ?? fact.at, n: (more.get(key)?.n ?? 0) + 1 });
    if (fact.kind !== 'click') return;
    const known = links.get(key);
    if (known) known.n += n;
    else links.set(key, { link: fact.link, kind: countedAs, at: fact.at, n });
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
  for (const { kind, link, at, n } of more.values()) {
    db.run(sql`insert into engagement_rest (run, seq, kind, link, at, n) values (${run}, ${seq}, ${outcomeKindCode[kind]}, ${link}, ${at}, ${n})
      on conflict (run, seq, kind, link) do update set n = n + excluded.n, at = min(at, excluded.at)`);
  }
  db.changed('outcome', run);
}
