import { messageReasons, messageStateCode, messageStates, outcomeKindCode } from '../../src-preload/contract/delivery.js';
import { type DomainCount, type MessageCounts, type ReasonCount, reportLimits } from '../../src-preload/contract/report.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';

/** Ledger rows per slice: between slices a cancel is heard. */
const sliceRows = 100_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const none = (): Mutable<MessageCounts> => ({
  messages: 0, waiting: 0, accepted: 0, failed: 0, skipped: 0, unknown: 0, bounced: 0, opened: 0, openedByMachine: 0, clicked: 0, clickedByScanner: 0, unsubscribed: 0, complained: 0,
});

/** Runs `work` over the run's messages in ranges of seq, both ends included: as a condition on `message m`, and with the outcomes of each message as rows of `k`. */
function slices(db: ReadDb, run: number, work: (range: Sql, outcomes: Sql) => void): void {
  const ends = db.get<{ first: number | null; last: number | null }>(sql`select min(seq) as first, max(seq) as last from message where run = ${run}`);
  if (ends?.first === null || ends?.first === undefined || ends.last === null) return;
  for (let from = ends.first; from <= ends.last; from += sliceRows) {
    db.throwIfCancelled();
    const to = from + sliceRows - 1;
    // In the order of the outcome's key, so that nothing is sorted, and joined to the ledger once a message.
    const outcomes = sql`(select x.seq, ${gathered} from outcome x where x.run = ${run} and x.seq between ${from} and ${to} group by x.seq) k cross join message m on m.run = ${run} and m.seq = k.seq`;
    work(sql`m.run = ${run} and m.seq between ${from} and ${to}`, outcomes);
  }
}

const kind = outcomeKindCode;
/** The outcomes of one message gathered into one row of 0 and 1, for the few messages that have any. `x` is the outcome. */
const gathered = sql`max(x.kind = ${kind.open}) as o, max(x.kind = ${kind.open_machine}) as mo, max(x.kind = ${kind.click}) as c, max(x.kind = ${kind.click_scanner}) as sc,
  max(x.kind = ${kind.unsubscribe}) as u, max(x.kind = ${kind.complaint}) as co, max(x.kind in (${kind.hard_bounce}, ${kind.soft_bounce})) as b`;

function addState(counts: Mutable<MessageCounts>, state: number, n: number): void {
  counts.messages += n;
  const name = messageStates[state]!;
  if (name === 'sent') counts.accepted += n;
  else if (name === 'failed' || name === 'skipped' || name === 'unknown') counts[name] += n;
  else counts.waiting += n;
}

interface OutcomeRow {
  treatment: number;
  open: number;
  machine: number;
  click: number;
  scanner: number;
  unsubscribe: number;
  complaint: number;
  bounce: number;
}

/** All figures of a run by treatment, and its reasons, in one pass over the ledger: they add up because they come from the same rows. */
export function countMessages(db: ReadDb, run: number): { byTreatment: ReadonlyMap<number, MessageCounts>; total: MessageCounts; reasons: ReasonCount[] } {
  const byTreatment = new Map<number, Mutable<MessageCounts>>();
  const of = (treatment: number) => {
    const counts = byTreatment.get(treatment) ?? none();
    byTreatment.set(treatment, counts);
    return counts;
  };
  const reasons = new Map<string, { state: number; reason: number; messages: number }>();
  slices(db, run, (range, outcomes) => {
    for (const row of db.all<{ treatment: number; state: number; reason: number; n: number }>(
      sql`select m.treatment, m.state, coalesce(m.reason, 0) as reason, count(*) as n from message m where ${range} group by 1, 2, 3`,
    )) {
      addState(of(row.treatment), row.state, row.n);
      const key = `${row.state}/${row.reason}`;
      const known = reasons.get(key);
      if (known) known.messages += row.n;
      else reasons.set(key, { state: row.state, reason: row.reason, messages: row.n });
    }
    for (const row of db.all<OutcomeRow>(sql`
      select m.treatment, sum(o) as open, sum(mo and not o) as machine, sum(c) as click, sum(sc and not c) as scanner, sum(u) as unsubscribe, sum(co) as complaint, sum(b) as bounce
      from ${outcomes} group by 1`)) {
      const counts = of(row.treatment);
      counts.opened += row.open;
      counts.openedByMachine += row.machine;
      counts.clicked += row.click;
      counts.clickedByScanner += row.scanner;
      counts.unsubscribed += row.unsubscribe;
      counts.complained += row.complaint;
      counts.bounced += row.bounce;
    }
  });
  const total = none();
  for (const counts of byTreatment.values()) for (const key of Object.keys(total) as (keyof MessageCounts)[]) total[key] += counts[key];
  return {
    byTreatment,
    total,
    reasons: [...reasons.values()]
      .map(({ state, reason, messages }) => ({ state: messageStates[state]!, reason: messageReasons[reason]!, messages }))
      .sort((a, b) => b.messages - a.messages),
  };
}

type DomainSum = Mutable<DomainCount>;
const domainKeys = ['messages', 'accepted', 'failed', 'bounced', 'opened', 'clicked', 'unsubscribed'] as const;

/** Of `m`: not left out. */
export const toSend: Sql = sql`m.state <> ${messageStateCode.skipped}`;

/** Figures by receiving domain of what was to be sent, most messages first; what does not fit the limit is summed, so that the lines add up to the run. */
export function countDomains(db: ReadDb, run: number): { domains: DomainCount[]; others: (Omit<DomainCount, 'domain'> & { count: number }) | null } {
  const sums = new Map<string, DomainSum>();
  slices(db, run, (range, outcomes) => {
    for (const row of db.all<Pick<DomainSum, 'domain' | 'messages' | 'accepted' | 'failed'>>(sql`
      select ${domainOf} as domain, count(*) as messages, sum(m.state = ${messageStateCode.sent}) as accepted, sum(m.state = ${messageStateCode.failed}) as failed
      from message m left join endpoint e on e.id = m.endpoint where ${range} and ${toSend} group by 1`)) {
      const sum = sums.get(row.domain) ?? { domain: row.domain, messages: 0, accepted: 0, failed: 0, bounced: 0, opened: 0, clicked: 0, unsubscribed: 0 };
      sums.set(row.domain, sum);
      for (const key of ['messages', 'accepted', 'failed'] as const) sum[key] += row[key];
    }
    for (const row of db.all<Pick<DomainSum, 'domain' | 'bounced' | 'opened' | 'clicked' | 'unsubscribed'>>(sql`
      select ${domainOf} as domain, sum(b) as bounced, sum(o) as opened, sum(c) as clicked, sum(u) as unsubscribed
      from ${outcomes} left join endpoint e on e.id = m.endpoint group by 1`)) {
      const sum = sums.get(row.domain);
      if (sum) for (const key of ['bounced', 'opened', 'clicked', 'unsubscribed'] as const) sum[key] += row[key];
    }
  });
  const sorted = [...sums.values()].sort((a, b) => b.messages - a.messages || (a.domain < b.domain ? -1 : 1));
  const rest = sorted.slice(reportLimits.domains);
  if (rest.length === 0) return { domains: sorted, others: null };
  const others = { count: rest.length, messages: 0, accepted: 0, failed: 0, bounced: 0, opened: 0, clicked: 0, unsubscribed: 0 };
  for (const row of rest) for (const key of domainKeys) others[key] += row[key];
  return { domains: sorted.slice(0, reportLimits.domains), others };
}

/** The receiving domain of `e`, empty where the person is gone. */
export const domainOf: Sql = sql`coalesce(substr(e.address_key, instr(e.address_key, '@') + 1), '')`;
