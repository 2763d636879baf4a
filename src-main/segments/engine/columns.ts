import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ReadDb } from '../../store/db.js';
import { highestId } from '../../store/highest-id.js';
import { type Sql, sql, sqlId } from '../../store/sql.js';
import { type Bits, clearRange, grownBits, setBit, wordsFor } from './bits.js';

/**
 * What the engine holds of one column, by row id. `text` columns are dictionary-coded: 0 is absent, every other code stands for a distinct stored text (of an attribute, the
 * JSON of its whole list), so that a rule is tested once per distinct value and not once per row. `number` columns hold NaN for absent, `id` columns 0. `bits` are yes or no.
 */
export type ColumnKind = 'text' | 'number' | 'bits' | 'id';

export interface ColumnSpec {
  /** Names the column among the loaded ones. */
  readonly key: string;
  readonly table: 'endpoint' | 'user';
  readonly kind: ColumnKind;
  /** The value over `t`: text or null; a number or null; 0 or 1. A JSON number (`->`) keeps its digits, so that it is the very double that was stored. */
  readonly value: Sql;
}

/** Ids read in one statement: some 20 ms of work, so that a question nobody waits for any more stops soon. */
const sliceIds = 32_768;
/** Below this many ids nobody asks how many of them are in use; above it, one in so many must be. */
const roomyIds = 10_000_000;
const idsPerRow = 64;
/** Changes remembered, so that an answer kept from before is mended only where rows changed. */
const rememberedChanges = 64;

interface Dirty {
  readonly version: number;
  readonly from: number;
  readonly to: number;
}

export class Column {
  /** Rises with every refresh that may have changed a value. */
  version = 0;
  usedAt = 0;
  codes: Uint32Array = new Uint32Array(0);
  numbers: Float64Array = new Float64Array(0);
  bits: Bits = new Uint32Array(0);
  /** By code; place 0 stands for absent. */
  readonly texts: (string | null)[] = [null];
  readonly #codeOf = new Map<string, number>();
  readonly #dirty: Dirty[] = [];
  #textBytes = 0;

  constructor(readonly spec: ColumnSpec) {}

  get bytes(): number {
    return this.codes.byteLength + this.numbers.byteLength + this.bits.byteLength + this.#textBytes;
  }

  grow(slots: number): void {
    if ((this.spec.kind === 'text' || this.spec.kind === 'id') && this.codes.length < slots) {
      const grown = new Uint32Array(slots);
      grown.set(this.codes);
      this.codes = grown;
    } else if (this.spec.kind === 'number' && this.numbers.length < slots) {
      const grown = new Float64Array(slots).fill(Number.NaN);
      grown.set(this.numbers);
      this.numbers = grown;
    } else if (this.spec.kind === 'bits') this.bits = grownBits(this.bits, wordsFor(slots));
  }

  set(slot: number, value: string | number | null): void {
    switch (this.spec.kind) {
      case 'text':
        this.codes[slot] = typeof value === 'string' ? this.#code(value) : 0;
        return;
      case 'id':
        this.codes[slot] = typeof value === 'number' ? value : 0;
        return;
      case 'number':
        this.numbers[slot] = typeof value === 'number' ? value : Number.NaN;
        return;
      case 'bits':
        setBit(this.bits, slot, value === 1);
    }
  }

  #code(text: string): number {
    const known = this.#codeOf.get(text);
    if (known !== undefined) return known;
    const code = this.texts.push(text) - 1;
    this.#codeOf.set(text, code);
    // The text itself, its place in the list and in the map, roughly.
    this.#textBytes += text.length * 2 + 64;
    return code;
  }

  touched(from: number, to: number): void {
    this.#dirty.push({ version: ++this.version, from, to });
    if (this.#dirty.length > rememberedChanges) this.#dirty.shift();
  }

  /** The slots [from, to) that may differ from what they were at `version`; undefined where that is forgotten. */
  changedSince(version: number): { from: number; to: number } | undefined {
    if (version === this.version) return { from: 0, to: 0 };
    if (this.#dirty.length === 0 || this.#dirty[0]!.version > version + 1) return undefined;
    const later = this.#dirty.filter((one) => one.version > version);
    return { from: Math.min(...later.map((one) => one.from)), to: Math.max(...later.map((one) => one.to)) };
  }
}

/** The rows of one table and the columns loaded of it. Slots are row ids. */
export class Table {
  slots = 0;
  /** Rises whenever rows may have changed. */
  version = 0;
  alive: Bits = new Uint32Array(0);
  readonly columns = new Map<string, Column>();

  constructor(readonly name: 'endpoint' | 'user') {}

  /** Reads all rows for the first time, and these columns in the same pass. Throws `CANCELLED`: then throw the table away. */
  open(db: ReadDb, specs: readonly ColumnSpec[]): void {
    for (const spec of specs) this.columns.set(spec.key, new Column(spec));
    this.refresh(db, 0, Number.MAX_SAFE_INTEGER);
  }

  /** Loads those of the columns that are not here yet, over all rows, in one pass. Throws `CANCELLED`; then nothing is kept. */
  load(db: ReadDb, specs: readonly ColumnSpec[]): void {
    const missing = specs.filter(({ key }) => !this.columns.has(key)).map((spec) => new Column(spec));
    if (missing.length === 0) return;
    for (const column of missing) column.grow(this.slots);
    this.#readInto(db, missing, 0, this.slots, false);
    for (const column of missing) {
      column.touched(0, this.slots);
      this.columns.set(column.spec.key, column);
    }
  }

  /** Reads the rows of [from, to) again, whichever of them are there now. */
  refresh(db: ReadDb, from: number, to: number): void {
    const highest = this.#highest(db) + 1;
    this.#grow(Math.max(highest, this.slots));
    const end = Math.min(to, this.slots);
    if (from >= end) return;
    this.version++;
    this.#readInto(db, [...this.columns.values()], from, end, true);
    for (const column of this.columns.values()) column.touched(from, end);
  }

  /** Throws `WORKSPACE_CORRUPT` as `highestId`, and `INTERNAL` where a place per id would be memory for nobody (an import of millions that was taken back): then SQL answers. */
  #highest(db: ReadDb): number {
    const highest = highestId(db, this.name);
    if (highest > roomyIds) {
      const enough = Math.ceil(highest / idsPerRow);
      const rows = this.name === 'endpoint' ? sql`select 1 from endpoint limit ${enough}` : sql`select 1 from user limit ${enough}`;
      const { n } = db.get<{ n: number }>(sql`select count(*) as n from (${rows})`)!;
      if (n < enough) throw new HeliographError('INTERNAL', { message: 'row ids too far apart for columns', table: this.name, highest, rows: n });
    }
    return highest;
  }

  #grow(slots: number): void {
    if (slots <= this.slots) return;
    // A fifth more than asked for, so that a merge that adds rows does not copy every column at each of its slices.
    const room = this.slots === 0 ? slots : Math.max(slots, Math.floor(this.slots * 1.2));
    this.slots = room;
    this.alive = grownBits(this.alive, wordsFor(room));
    for (const column of this.columns.values()) column.grow(room);
  }

  /**
   * A statement a slice, each column joined into one JSON text: two to four times faster than stepping through rows (README). `not indexed` keeps to the table's own order,
   * so that all texts list the same rows.
   */
  #readInto(db: ReadDb, columns: readonly Column[], from: number, to: number, withRows: boolean): void {
    const lists = [sql`json_group_array(t.id)`, ...columns.map(({ spec }) => sql`json_group_array(${spec.value})`)];
    const select = lists.map((list, index) => sql`${list} as ${sqlId(`c${index}`)}`).reduce((before, next) => sql`${before}, ${next}`);
    const source = this.name === 'endpoint' ? sql`endpoint t not indexed` : sql`user t not indexed`;
    for (let start = from; start < to; start += sliceIds) {
      db.throwIfCancelled();
      const end = Math.min(start + sliceIds, to);
      const row = db.get<Record<string, string>>(sql`select ${select} from ${source} where t.id between ${start} and ${end - 1}`)!;
      const ids = JSON.parse(row['c0']!) as number[];
      if (withRows) {
        clearRange(this.alive, start, end);
        for (const id of ids) setBit(this.alive, id, true);
      }
      columns.forEach((column, index) => {
        const values = JSON.parse(row[`c${index + 1}`]!) as (string | number | null)[];
        if (withRows && ids.length < end - start) for (let slot = start; slot < end; slot++) column.set(slot, null);
        for (let i = 0; i < ids.length; i++) column.set(ids[i]!, values[i]!);
      });
    }
  }
}

/** The members of an imported segment as slots of `endpoint`. */
export function readMembers(db: ReadDb, segment: number, slots: number): Bits {
  const bits: Bits = new Uint32Array(wordsFor(slots));
  for (let start = 0; start < slots; start += sliceIds) {
    db.throwIfCancelled();
    const { ids } = db.get<{ ids: string }>(sql`select json_group_array(endpoint) as ids from segment_member where segment = ${segment} and endpoint between ${start} and ${start + sliceIds - 1}`)!;
    for (const id of JSON.parse(ids) as number[]) if (id < slots) setBit(bits, id, true);
  }
  return bits;
}
