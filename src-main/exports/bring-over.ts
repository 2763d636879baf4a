import { bringOverItemWords, bringOverStateWords, bringOverWords } from '../../src-preload/contract/bring-over-words.js';
import { readBringOver } from '../bring-over/index.js';
import type { ReadDb } from '../store/db.js';
import type { ExportSource } from './source.js';

/** The report of a bringing over: one line for each thing, then one for each channel with how many can be reached. */
export function bringOverSource(db: ReadDb, job: string): ExportSource {
  const { items, reach } = readBringOver(db, job);
  const rows = [
    ...items.map(({ kind, name, id, file, state, endpoints, notes, text }) => [
      bringOverItemWords[kind].one,
      name,
      id,
      file,
      bringOverStateWords[state],
      endpoints?.rows,
      endpoints?.new,
      endpoints?.changed,
      endpoints?.rejected,
      notes.map(bringOverWords).join(' '),
      text,
    ]),
    ...reach.map(({ channel, addresses, reachable }) => ['Reachable', channel, '', '', '', addresses, '', '', '', `${reachable} of ${addresses} addresses can be reached.`, '']),
  ];
  return { name: 'From Pinpoint', header: ['What', 'Name', 'Id in Pinpoint', 'File', 'State', 'Rows', 'New', 'Changed', 'Rejected', 'Notes', 'Text'], rows: () => rows, total: rows.length };
}
