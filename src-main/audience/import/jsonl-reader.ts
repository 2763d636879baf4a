import { importLimits } from '../../../src-preload/contract/import.js';
import { assertRecordLength, assertWidth, type Cell, type RawRecord, type RecordReader } from './record.js';

/** How deep objects may lie inside each other: Pinpoint's own need three (`User.UserAttributes.name`). */
const maxDepth = 6;

const isScalar = (value: unknown): value is string | number | boolean => typeof value !== 'object';

/**
 * One JSON object per line. Nested names are joined with a dot, so `{"User":{"UserId":"u1"}}` fills the column `User.UserId` of the CSV form; lists are several values.
 * Columns are found as they come.
 */
export function createJsonLinesReader(): RecordReader {
  const columns: string[] = [];
  const index = new Map<string, number>();
  let carry = '';
  let row = 0;

  const columnOf = (path: string): number => {
    let at = index.get(path);
    if (at === undefined) {
      at = columns.push(path) - 1;
      assertWidth(columns.length);
      index.set(path, at);
    }
    return at;
  };

  /** False where the object holds what no column can: lists of objects, or too many levels. */
  function flatten(value: object, prefix: string, cells: Cell[], depth: number): boolean {
    for (const [key, item] of Object.entries(value) as [string, unknown][]) {
      const path = prefix === '' ? key : `${prefix}.${key}`;
      if (item === null || item === undefined) continue;
      if (Array.isArray(item)) {
        const values: string[] = [];
        for (const one of item as unknown[]) {
          if (one === null) continue;
          if (!isScalar(one)) return false;
          values.push(String(one));
        }
        cells[columnOf(path)] = values;
      } else if (isScalar(item)) {
        cells[columnOf(path)] = String(item);
      } else if (depth >= maxDepth || !flatten(item, path, cells, depth + 1)) {
        return false;
      }
    }
    return true;
  }

  function record(line: string): RawRecord | undefined {
    row++;
    const text = line.trim();
    if (text === '') return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { row, cells: [text], problem: 'bad_json' };
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { row, cells: [text], problem: 'not_an_object' };
    const cells: Cell[] = [];
    return flatten(value, '', cells, 1) ? { row, cells } : { row, cells: [text], problem: 'not_an_object' };
  }

  function take(lines: readonly string[]): RawRecord[] {
    const records: RawRecord[] = [];
    for (const line of lines) {
      if (line.length > importLimits.recordLength) assertRecordLength(line.length, row + 1);
      const one = record(line);
      if (one) records.push(one);
    }
    return records;
  }

  return {
    push(text) {
      const lines = (carry + text).split('\n');
      carry = lines.pop()!;
      const records = take(lines);
      assertRecordLength(carry.length, row + 1);
      return records;
    },
    end() {
      const rest = carry;
      carry = '';
      return rest === '' ? [] : take([rest]);
    },
    columns: () => columns,
  };
}
