import { channels } from '../../../src-preload/contract/common.js';
import { pruned, rulesOf, type SegmentDraw, type SegmentGroup, type SegmentNode, type SegmentRule, type SegmentTree } from '../../../src-preload/contract/segment.js';
import type { SegmentCount, SegmentEffects } from '../../../src-preload/contract/segment-views.js';
import type { Clock } from '../../platform/clock.js';
import type { Change, ReadDb } from '../../store/db.js';
import { assertCondition } from '../compile.js';
import { drawCutoff, drawOrder } from '../draw.js';
import { personKey } from '../../store/functions.js';
import { memberSet, segmentByUid, treeOf } from '../segment.rows.js';
import { and, andNot, type Bits, eachBit, grownBits, hasBit, inverted, setBit, wordsFor } from './bits.js';
import { type Column, type ColumnSpec, readMembers, Table } from './columns.js';
import { factBits, type FactRule, isFactRule } from './facts.js';
import { type ColumnRule, columnsOf, type Fill, fillOf } from './masks.js';
import { specs } from './specs.js';

/** One rule's set, kept for the next question. */
interface Mask {
  bits: Bits;
  readonly columns: readonly Column[];
  /** The columns' versions that `bits` shows. */
  versions: readonly number[];
  readonly fill: Fill;
  usedAt: number;
}

/** The set of a rule about facts, true while neither facts nor rows changed. */
interface FactSet {
  bits: Bits;
  readonly facts: number;
  readonly rows: number;
  usedAt: number;
}

interface Members {
  bits: Bits;
  usedAt: number;
}

/** Tables whose changed rows are read again. */
const rowTables = new Set(['endpoint', 'user', 'segment', 'segment_member']);
/** Tables whose change makes every set of facts old: what people did, what campaigns did, who is suppressed, who said what about topics. */
const factTables = new Set(['event', 'run', 'message', 'outcome', 'campaign', 'suppression', 'suppressed', 'topic', 'topic_consent']);
/** What the engine wants to hear of. */
export const watchedTables: ReadonlySet<string> = new Set([...rowTables, ...factTables]);

export interface EngineOptions {
  readonly clock: Clock;
  /** Columns and kept sets together; what is over is let go, least used first, after each question. */
  readonly budgetBytes: number;
}

export interface EngineInput {
  readonly tree: SegmentTree;
  readonly asOf: number;
}

/**
 * Segments over columns in memory (design 6): a rule is tested once per distinct value, its set is kept as bits, groups are ANDs and ORs of words. It means exactly what
 * `evaluate.ts` means, whose tests it calls. Every answer holds at the commit of the snapshot it was given; `changes` since the snapshot before are told by `follow`.
 */
export class SegmentEngine {
  #endpoints = new Table('endpoint');
  #users = new Table('user');
  readonly #masks = new Map<string, Mask>();
  readonly #facts = new Map<string, FactSet>();
  readonly #members = new Map<number, Members>();
  #factsVersion = 0;
  #pending: Change[] = [];
  #started = false;
  #tick = 0;

  constructor(private readonly options: EngineOptions) {}

  /** Keeps in mind what changed. Rows are read again at the next question, in its snapshot, which must hold all of these commits. */
  follow(changes: readonly Change[]): void {
    if (!this.#started) return;
    for (const change of changes) {
      if (factTables.has(change.table)) this.#factsVersion++;
      else if (rowTables.has(change.table)) this.#pending.push(change);
    }
  }

  /** Forgets everything, as if nothing had been asked yet. */
  reset(): void {
    [this.#endpoints, this.#users] = [new Table('endpoint'), new Table('user')];
    for (const kept of [this.#masks, this.#facts, this.#members]) kept.clear();
    this.#pending = [];
    this.#started = false;
  }

  /** People and addresses in a tree, by channel too. Throws what `conditionSql` throws, and `CANCELLED`. */
  count(db: ReadDb, input: EngineInput): SegmentCount {
    const started = this.options.clock.monotonic();
    const members = this.#membersOf(db, input);
    const total = { people: 0, addresses: 0 };
    const owner = this.#column(specs.owner).codes;
    const channel = this.#column(specs.channel);
    const active = this.#column(specs.active).bits;
    const place = channel.texts.map((text) => (channels as readonly (string | null)[]).indexOf(text));
    const perChannel = channels.map(() => ({ people: 0, addresses: 0 }));
    /** By user: bit 0 for the total, bit 1 + place for each channel. */
    const seen = new Uint32Array(this.#users.slots);
    eachBit(members, (slot) => {
      const user = owner[slot]!;
      const flags = user === 0 ? 0 : seen[user]!;
      total.addresses++;
      if ((flags & 1) === 0) total.people++;
      let now = flags | 1;
      if (hasBit(active, slot)) {
        const at = place[channel.codes[slot]!]!;
        if (at >= 0) {
          const bit = 2 << at;
          perChannel[at]!.addresses++;
          if ((flags & bit) === 0) perChannel[at]!.people++;
          now |= bit;
        }
      }
      if (user !== 0) seen[user] = now;
    });
    this.#letGo();
    return {
      ...total,
      reachable: channels.flatMap((name, index) => (perChannel[index]!.addresses === 0 ? [] : [{ channel: name, ...perChannel[index]! }])),
      commit: db.commitNumber(),
      ms: Math.round(this.options.clock.monotonic() - started),
    };
  }

  /** What every rule and group does, in people, as `SegmentEffects` says. */
  effects(db: ReadDb, input: EngineInput): SegmentEffects {
    const started = this.options.clock.monotonic();
    this.#prepare(db, input);
    const nodes: { path: string; people: number }[] = [];
    const mark = (group: SegmentGroup, path: string, reach: Bits) => {
      let left = reach;
      group.of.forEach((child, index) => {
        const at = path === '' ? String(index) : `${path}.${index}`;
        if (child.type === 'group' && !pruned(child)) return;
        const place = nodes.push({ path: at, people: 0 }) - 1;
        if (child.type === 'group') mark(child, at, left);
        const bits = this.#nodeBits(db, child, input.asOf);
        const passes = group.match === 'none' ? andNot(left, bits) : and(left, bits);
        nodes[place]!.people = this.#people(passes);
        if (group.match !== 'any') left = passes;
      });
    };
    if (pruned(input.tree.root)) mark(input.tree.root, '', this.#endpoints.alive);
    const everyone = { people: this.#people(this.#endpoints.alive), addresses: 0 };
    eachBit(this.#endpoints.alive, () => void everyone.addresses++);
    this.#letGo();
    return { everyone, nodes, commit: db.commitNumber(), ms: Math.round(this.options.clock.monotonic() - started) };
  }

  /** The endpoints in a tree, by row id. The set is the caller's own. */
  members(db: ReadDb, input: EngineInput): Bits {
    const bits = this.#membersOf(db, input);
    this.#letGo();
    return bits;
  }

  /** Bytes held now. */
  get bytes(): number {
    let bytes = this.#endpoints.alive.byteLength + this.#users.alive.byteLength;
    for (const table of [this.#endpoints, this.#users]) for (const column of table.columns.values()) bytes += column.bytes;
    for (const mask of this.#masks.values()) bytes += mask.bits.byteLength;
    for (const set of [...this.#members.values(), ...this.#facts.values()]) bytes += set.bits.byteLength;
    return bytes;
  }

  #membersOf(db: ReadDb, input: EngineInput): Bits {
    this.#prepare(db, input);
    return this.#treeBits(db, input.tree, input.asOf);
  }

  #treeBits(db: ReadDb, tree: SegmentTree, asOf: number): Bits {
    const root = pruned(tree.root);
    const bits = root ? and(this.#endpoints.alive, this.#nodeBits(db, root, asOf)) : this.#endpoints.alive.slice();
    return tree.draw ? this.#drawn(bits, tree.draw) : bits;
  }

  /** Those of a set whose people the draw takes. */
  #drawn(bits: Bits, draw: SegmentDraw): Bits {
    const owner = this.#column(specs.owner).codes;
    const seen = new Uint8Array(this.#users.slots);
    const people: number[] = [];
    eachBit(bits, (slot) => {
      const user = owner[slot]!;
      if (user === 0 || seen[user] === 0) people.push(personKey(slot, user));
      seen[user] = 1;
    });
    const cutoff = drawCutoff(people, draw);
    const drawn: Bits = new Uint32Array(bits.length);
    eachBit(bits, (slot) => {
      if (drawOrder(personKey(slot, owner[slot]!), draw.seed) <= cutoff) setBit(drawn, slot, true);
    });
    return drawn;
  }

  /** The set of a node; never to be changed by the caller. Slots without a row may be in it. */
  #nodeBits(db: ReadDb, node: SegmentNode, asOf: number): Bits {
    if (node.type !== 'group') return this.#ruleBits(db, node, asOf);
    const children = node.of.filter((child) => child.type !== 'group' || pruned(child)).map((child) => this.#nodeBits(db, child, asOf));
    if (children.length === 0) return new Uint32Array(wordsFor(this.#endpoints.slots)).fill(0xffff_ffff);
    const bits = children[0]!.slice();
    for (const child of children.slice(1)) {
      if (node.match === 'all') for (let w = 0; w < bits.length; w++) bits[w]! &= child[w]!;
      else for (let w = 0; w < bits.length; w++) bits[w]! |= child[w]!;
    }
    if (node.match === 'none') for (let w = 0; w < bits.length; w++) bits[w] = ~bits[w]!;
    return bits;
  }

  #ruleBits(db: ReadDb, rule: SegmentRule, asOf: number): Bits {
    if (rule.type === 'segment') return this.#segmentBits(db, rule, asOf);
    db.throwIfCancelled();
    if (isFactRule(rule)) return this.#factBits(db, rule, asOf);
    const columns = columnsOf(rule).map((spec) => this.#column(spec));
    const key = keyOf(rule, asOf);
    const words = wordsFor(this.#endpoints.slots);
    const versions = columns.map((column) => column.version);
    let mask = this.#masks.get(key);
    if (mask && !mask.columns.every((column, index) => column === columns[index])) mask = undefined;
    if (!mask) {
      mask = { bits: new Uint32Array(words), columns, versions, fill: fillOf(rule, columns, asOf), usedAt: 0 };
      mask.fill(mask.bits, 0, words);
      this.#masks.set(key, mask);
    } else {
      this.#mend(mask, words, versions);
    }
    mask.usedAt = ++this.#tick;
    return mask.bits;
  }

  /** Makes a kept set true again where its columns changed. */
  #mend(mask: Mask, words: number, versions: readonly number[]): void {
    let from = words;
    let to = 0;
    mask.columns.forEach((column, index) => {
      if (versions[index] === mask.versions[index]) return;
      const changed = column.spec.table === 'user' ? undefined : column.changedSince(mask.versions[index]!);
      from = Math.min(from, (changed?.from ?? 0) >>> 5);
      to = Math.max(to, changed === undefined ? words : wordsFor(changed.to));
    });
    if (mask.bits.length < words) {
      from = Math.min(from, mask.bits.length);
      to = words;
      mask.bits = grownBits(mask.bits, words);
    }
    if (from < to) mask.fill(mask.bits, from, Math.min(to, words));
    mask.versions = versions;
  }

  #factBits(db: ReadDb, rule: FactRule, asOf: number): Bits {
    const key = keyOf(rule, asOf);
    let set = this.#facts.get(key);
    if (set?.facts !== this.#factsVersion || set.rows !== this.#endpoints.version) {
      set = { bits: factBits(db, rule, asOf, { slots: this.#endpoints.slots, users: this.#users.slots, owners: this.#column(specs.owner).codes }), facts: this.#factsVersion, rows: this.#endpoints.version, usedAt: 0 };
      this.#facts.set(key, set);
    }
    set.usedAt = ++this.#tick;
    return set.bits;
  }

  #segmentBits(db: ReadDb, rule: Extract<SegmentRule, { type: 'segment' }>, asOf: number): Bits {
    const row = segmentByUid(db, rule.segment)!;
    let bits: Bits;
    if (row.kind === 'imported') {
      const set = memberSet(row);
      let members = this.#members.get(set);
      if (!members) this.#members.set(set, (members = { bits: readMembers(db, set, this.#endpoints.slots), usedAt: 0 }));
      members.bits = grownBits(members.bits, wordsFor(this.#endpoints.slots));
      members.usedAt = ++this.#tick;
      bits = members.bits;
    } else {
      bits = this.#treeBits(db, treeOf(db, row, rule.version ?? row.version), asOf);
    }
    return rule.op === 'in' ? bits : inverted(bits);
  }

  /** People in a set: users told apart, and addresses nobody is known to own. */
  #people(bits: Bits): number {
    const owner = this.#column(specs.owner).codes;
    const seen = new Uint8Array(this.#users.slots);
    let people = 0;
    eachBit(bits, (slot) => {
      const user = owner[slot]!;
      if (user !== 0) {
        if (seen[user] === 1) return;
        seen[user] = 1;
      }
      people++;
    });
    return people;
  }

  #table(spec: ColumnSpec): Table {
    return spec.table === 'user' ? this.#users : this.#endpoints;
  }

  #column(spec: ColumnSpec): Column {
    const column = this.#table(spec).columns.get(spec.key)!;
    column.usedAt = ++this.#tick;
    return column;
  }

  /** Brings the rows up to the snapshot (all of them the first time, afterwards those that changed) and reads the columns that the question needs. */
  #prepare(db: ReadDb, { tree, asOf }: EngineInput): void {
    // Refuses what SQL would refuse, with the same words: unknown segments, circles, too many rules. Nothing is run.
    assertCondition(db, tree, asOf);
    const needed = new Map<string, ColumnSpec>([specs.owner, specs.channel, specs.active].map((spec) => [spec.key, spec]));
    const collect = (of: SegmentTree): void => {
      for (const rule of rulesOf(of.root)) {
        if (isFactRule(rule)) continue;
        if (rule.type !== 'segment') for (const spec of columnsOf(rule)) needed.set(spec.key, spec);
        else {
          const row = segmentByUid(db, rule.segment)!;
          if (row.kind === 'dynamic') collect(treeOf(db, row, rule.version ?? row.version));
        }
      }
    };
    collect(tree);
    const of = (table: Table) => [...needed.values()].filter((spec) => spec.table === table.name);
    if (this.#started) {
      this.#refresh(db);
      for (const table of [this.#endpoints, this.#users]) table.load(db, of(table));
      return;
    }
    try {
      for (const table of [this.#endpoints, this.#users]) table.open(db, of(table));
    } catch (error) {
      this.reset();
      throw error;
    }
    this.#started = true;
  }

  #refresh(db: ReadDb): void {
    const tables = { endpoint: this.#endpoints, user: this.#users } as const;
    for (const name of ['endpoint', 'user'] as const) {
      for (const [from, to] of joined(this.#pending.filter((change) => change.table === name))) tables[name].refresh(db, from, to);
      this.#pending = this.#pending.filter((change) => change.table !== name);
    }
    // Lists tell of themselves by the number that their members stand under; one that is still being filled, by its segment's.
    for (const change of this.#pending) for (const id of [...this.#members.keys()]) if (id >= change.fromId && id <= change.toId) this.#members.delete(id);
    this.#pending = [];
  }

  /** Lets kept sets, then columns, go until what is left fits; least used first. What the last question used is newest and goes last. */
  #letGo(): void {
    let over = this.bytes - this.options.budgetBytes;
    if (over <= 0) return;
    const forget = <K, V extends { readonly usedAt: number }>(map: Map<K, V>, bytesOf: (value: V) => number) => {
      for (const [key, value] of [...map].sort((a, b) => a[1].usedAt - b[1].usedAt)) {
        if (over <= 0) return;
        over -= bytesOf(value);
        map.delete(key);
      }
    };
    forget(this.#masks, (mask) => mask.bits.byteLength);
    forget(this.#facts, (set) => set.bits.byteLength);
    forget(this.#members, (members) => members.bits.byteLength);
    forget(this.#endpoints.columns, (column) => column.bytes);
    forget(this.#users.columns, (column) => column.bytes);
  }
}

/** The rule's meaning as text; "now" is part of it where a duration counts from it. */
function keyOf(rule: ColumnRule | FactRule, asOf: number): string {
  const text = JSON.stringify(rule, (name, value: unknown) => (name === 'id' ? undefined : value));
  return text.includes('"duration"') || text.includes('"inLast"') ? `${text} ${asOf}` : text;
}

/** Ranges of ids, `[from, to)`, those that touch or nearly touch as one: a read of fifty rows costs as much as a read of one. */
function joined(changes: readonly Change[]): [number, number][] {
  const near = 64;
  const ranges: [number, number][] = [];
  for (const { fromId, toId } of [...changes].sort((a, b) => a.fromId - b.fromId)) {
    const last = ranges.at(-1);
    if (last && fromId <= last[1] + near) last[1] = Math.max(last[1], toId + 1);
    else ranges.push([fromId, toId + 1]);
  }
  return ranges;
}
