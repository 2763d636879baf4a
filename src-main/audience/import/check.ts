import { mkdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import {
  examplesPerReason,
  type ImportCounts,
  importLimits,
  type ImportMapping,
  type ImportMatch,
  type ImportOptions,
  type ImportWarning,
  type RejectExample,
  type RejectReason,
} from '../../../src-preload/contract/import.js';
import { createUids } from '../../platform/random.js';
import { readSettings } from '../../settings/index.js';
import type { ReadDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import type { EndpointInput } from '../upsert.js';
import { type Classified, classify, classifyUser, userIdOf } from './classify.js';
import { pinpointTarget } from './guess.js';
import { createRowMapper, type MappedRow, type Part } from './map-row.js';
import { planMapping } from './mapping.js';
import { createReader } from './reader.js';
import type { Cell, RawRecord } from './record.js';
import { createRejectsWriter, type RejectsWriter } from './rejects.js';
import { createStaging, importFolder, rejectsPath, stagedClass, stagedFlag, type StagingWriter } from './staging.js';
import { fileStart, type ReadProgress, readText } from './text.js';

export interface CheckInput {
  readonly uid: string;
  readonly path: string;
  readonly app: number;
  readonly options: ImportOptions;
}

export interface CheckPorts {
  readonly db: ReadDb;
  readonly files: string;
  now(): number;
  snapshot<T>(work: () => T): T;
  progress(rows: number, total: number | null): void;
  throwIfCancelled(): void;
}

/**
 * The dry run: reads the whole file, maps and validates every row, and compares it with the workspace. What passes lies in the staging file afterwards, what does
 * not in rejected.csv. Changes nothing in the workspace. Throws what reading throws, `MAPPING_INVALID`, `FILE_NO_ROWS`, `CANCELLED`; then nothing is left behind.
 */
export async function checkFile(ports: CheckPorts, input: CheckInput): Promise<ImportCounts> {
  const { format } = input.options;
  const { match = 'auto' } = input.options;
  planMapping(input.options.mapping, match);
  const { size } = fileStart(input.path);
  const folder = importFolder(ports.files, input.uid);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const reader = createReader(format);
  const newUid = createUids(() => ports.now());
  const staging = createStaging(ports.files, input.uid, newUid, match);
  const rejects = createRejectsWriter(rejectsPath(ports.files, input.uid), reader.columns);
  let whole = false;
  try {
    const checker = createChecker({ ...ports, newUid }, input, reader.columns, staging, rejects);
    const read: ReadProgress = { fileBytes: 0 };
    const take = (records: readonly RawRecord[]): void => {
      ports.throwIfCancelled();
      ports.snapshot(() => checker.add(records));
      ports.progress(checker.rows, read.fileBytes > 0 ? Math.round((checker.rows * size) / read.fileBytes) : null);
    };
    for await (const text of readText(input.path, format, read)) take(reader.push(text));
    take(reader.end());
    if (checker.rows === 0) throw new HeliographError('FILE_NO_ROWS', { name: basename(input.path) });
    const counts = checker.finish();
    rejects.close();
    staging.seal();
    whole = true;
    return counts;
  } finally {
    if (!whole) {
      staging.close();
      rejects.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Holds the columns a mapping speaks of against the columns of the file. JSON lines may bring Pinpoint's own columns later; those are taken, others are told. */
function createMappingGuard(options: ImportOptions) {
  const known = options.mapping.reduce((most, { index }) => Math.max(most, index + 1), 0);
  const extra: { index: number; header: string; target: ImportMapping[number]['target'] }[] = [];
  let looked = 0;
  return {
    known,
    /** The mapping grown by later columns, or undefined where nothing changed. Throws `MAPPING_INVALID` where the file is another one. */
    follow(columns: readonly string[]): ImportMapping | undefined {
      if (looked === 0) {
        for (const { index, header } of options.mapping) {
          if (columns[index]?.slice(0, 300) === header || (columns[index] === undefined && options.format.kind === 'jsonl')) continue;
          const found = columns[index] === undefined ? 'is not there' : `is called "${columns[index].slice(0, 100)}"`;
          throw new HeliographError('MAPPING_INVALID', {
            message: `The file is not the one that was looked at: column ${index + 1} ${found}, not "${header.slice(0, 100)}".`,
          });
        }
      }
      const before = extra.length;
      for (let index = Math.max(known, looked); index < columns.length; index++) {
        const target = options.format.kind === 'jsonl' ? pinpointTarget(columns[index]!) : undefined;
        if (target) extra.push({ index, header: columns[index]!, target });
      }
      const first = looked === 0;
      looked = columns.length;
      return first || extra.length > before ? [...options.mapping, ...extra] : undefined;
    },
    isUnmapped: (index: number) => index >= known && !extra.some((column) => column.index === index),
  };
}

const plainNew: Classified = { class: stagedClass.new, target: null, user: null, keptUnsubscribed: false };

function createChecker(ports: CheckPorts & { readonly newUid: () => string }, input: CheckInput, columns: () => readonly string[], staging: StagingWriter, rejects: RejectsWriter) {
  const { db } = ports;
  const guard = createMappingGuard(input.options);
  const { match = 'auto' } = input.options;
  const warnings = createWarnings(columns);
  const rejectedBy: Partial<Record<RejectReason, number>> = {};
  const examples: RejectExample[] = [];
  let rejectedRows = 0;
  const { defaultCountry } = readSettings(db);
  const { encodingGuessed } = input.options.format;
  let map: (record: RawRecord) => MappedRow = () => ({ parts: [], refused: [] });
  let seenColumns = 0;
  let rows = 0;
  let empty = false;
  let alwaysEmpty = true;

  const reject = (record: RawRecord, reason: RejectReason, column?: number) => {
    rejectedBy[reason] = (rejectedBy[reason] ?? 0) + 1;
    // One rejected row that may be half the file: said in words and not only counted.
    if (reason === 'quote_not_closed') warnings.add('quote_not_closed', record.row, -1);
    if (rejectedBy[reason] <= examplesPerReason) examples.push({ row: record.row, column: column === undefined ? '' : nameOf(column), reason, value: valueOf(record, column) });
    rejects.add(record, reason, column);
  };
  const nameOf = (column: number) => columns()[column]?.slice(0, importLimits.headerLength) || `Column ${column + 1}`;

  function stage(part: Part, found: Classified): void {
    const { input: payload } = part;
    const flags =
      (payload.optOut === 'ALL' ? stagedFlag.optOut : 0) | (part.suppress ? stagedFlag.suppress : 0) | (found.keptUnsubscribed ? stagedFlag.kept : 0);
    staging.add({ class: found.class, flags, target: found.target, input: payload });
  }

  function stageUser(record: RawRecord, part: Part): void {
    const userId = part.input.userId!;
    const user = classifyUser(db, userId, part.input.userAttributes);
    if (!user) return reject(record, 'unknown_user', columns().length > 0 ? planMapping(input.options.mapping).fields.get('User.UserId') : undefined);
    staging.add({ class: stagedClass.user, flags: part.suppress ? stagedFlag.suppress : 0, target: user.id, input: part.input });
  }

  const look = (part: Part): Classified | undefined => {
    if (!empty) return classify(db, { ...part.input, app: input.app } satisfies EndpointInput, part.claimsConsent, match);
    return part.input.address ? plainNew : undefined;
  };

  /** Several addresses of one row are one person: they get the user that one of them has already, else a new one. */
  function together(parts: readonly Part[]): readonly Part[] {
    if (parts.length < 2 || parts[0]!.input.userId !== undefined) return parts;
    const user = parts.map((part) => look(part)?.user).find((id) => id !== undefined && id !== null);
    const userId = user === undefined || user === null ? ports.newUid() : userIdOf(db, user);
    return parts.map((part) => ({ ...part, input: { ...part.input, userId } }));
  }

  /** The parts that have the chosen key; what they all lack is said once. */
  function withKey(record: RawRecord, parts: readonly Part[], by: Exclude<ImportMatch, 'auto'>): readonly Part[] {
    const all = parts.map((part) => keyed(part, by));
    for (const reason of new Set(all.filter((part) => typeof part === 'string'))) reject(record, reason);
    return all.filter((part) => typeof part !== 'string');
  }

  function addOne(record: RawRecord): void {
    rows++;
    if (record.cells.length > guard.known) warnLater(record);
    if (encodingGuessed === true && record.cells.some(beyondAscii)) warnings.add('encoding_guessed', record.row, -1);
    const { parts, refused } = map(record);
    const before = staging.added;
    for (const { reason, column } of refused) reject(record, reason, column);
    const found = match === 'auto' ? parts : withKey(record, parts, match);
    for (const part of together(found)) {
      if (part.input.channel === undefined && part.input.id === undefined) {
        stageUser(record, part);
        continue;
      }
      const known = look(part);
      if (!known) reject(record, 'unknown_id');
      else if (known.ambiguous) reject(record, 'several_endpoints');
      else stage(part, known);
    }
    if (staging.added === before) rejectedRows++;
  }

  function warnLater(record: RawRecord): void {
    if (record.problem || input.options.format.kind !== 'jsonl') return;
    for (let index = guard.known; index < record.cells.length; index++) {
      if (record.cells[index] !== undefined && guard.isUnmapped(index)) warnings.add('column_appeared_later', record.row, index);
    }
  }

  return {
    add(records: readonly RawRecord[]): void {
      if (records.length === 0) return;
      if (columns().length > seenColumns) {
        const mapping = guard.follow(columns());
        seenColumns = columns().length;
        if (mapping) map = createRowMapper(planMapping(mapping), { defaultCountry, decimal: input.options.format.decimal, warn: warnings.add });
      }
      empty =
        !db.get(sql`select 1 as found from endpoint limit 1`) &&
        !db.get(sql`select 1 as found from suppressed limit 1`) &&
        !db.get(sql`select 1 as found from endpoint_alias limit 1`);
      alwaysEmpty &&= empty;
      for (const record of records) addOne(record);
    },
    get rows() {
      return rows;
    },
    finish(): ImportCounts {
      const { superseded, twins } = staging.settle(alwaysEmpty);
      const { byClass: by, kept, unsubscribes } = staging.totals();
      return {
        rows,
        new: by.get(stagedClass.new) ?? 0,
        changed: by.get(stagedClass.changed) ?? 0,
        same: by.get(stagedClass.same) ?? 0,
        rejected: rejects.count,
        duplicates: superseded + twins,
        keptUnsubscribed: kept,
        unsubscribes,
        users: by.get(stagedClass.user) ?? 0,
        rejectedRows,
        rejectedBy,
        examples,
        warnings: warnings.list(),
      };
    },
  };
}

/** A part by the key that was chosen: without an id that is not it. A reason where it lacks the key. */
function keyed(part: Part, match: Exclude<ImportMatch, 'auto'>): Part | RejectReason {
  const { input } = part;
  if (match === 'id') return input.id === undefined ? 'id_missing' : part;
  if (input.address === undefined) return 'address_missing';
  if (match === 'user' && input.userId === undefined) return 'user_missing';
  return { ...part, input: { ...input, id: undefined } };
}

const ascii = /^[\x00-\x7f]*$/;
const beyondAscii = (cell: Cell): boolean => !(typeof cell === 'string' ? ascii.test(cell) : (cell ?? []).every((value) => ascii.test(value)));

const exampleLength = 80;

/** What a refused cell says, shortened; of a whole row nothing, it stands in rejected.csv. */
function valueOf(record: RawRecord, column: number | undefined): string {
  const cell = column === undefined ? undefined : record.cells[column];
  const value = (typeof cell === 'string' ? cell : (cell ?? []).join(', ')).trim();
  return value.length > exampleLength ? `${value.slice(0, exampleLength - 1)}…` : value;
}

const examplesOfWarning = 3;

function createWarnings(columns: () => readonly string[]) {
  const found = new Map<string, { code: ImportWarning['code']; rows: number; firstRow: number; column: number; examples?: string[] }>();
  return {
    add: (code: ImportWarning['code'], row: number, column: number, example?: string): void => {
      const key = `${code} ${column}`;
      const known = found.get(key);
      if (known) known.rows++;
      else found.set(key, { code, rows: 1, firstRow: row, column, ...(example === undefined ? {} : { examples: [example.slice(0, exampleLength)] }) });
      if (known?.examples && example !== undefined && known.examples.length < examplesOfWarning && !known.examples.includes(example)) known.examples.push(example.slice(0, exampleLength));
    },
    list: (): ImportWarning[] => [...found.values()].map((warning) => ({ ...warning, column: columns()[warning.column]?.slice(0, 300) ?? '' })).slice(0, 200),
  };
}
