import { describe, expect, it } from 'vitest';
import { describeError } from '../../src-preload/contract/error-words.js';
import { type ErrorCode, errorCodes, type ErrorDetail } from '../../src-preload/contract/errors.js';
import { findByName } from '../../src-main/shells/cli/launch.js';
import { exitCodeOf, shapeOf } from '../../src-main/shells/cli/output.js';

/** What the program really throws, at each place that throws the code; `says` must be read in the words. */
type Thrown = readonly [detail: ErrorDetail, ...says: readonly string[]];
const bare: readonly Thrown[] = [[{}]];
const thrown: Readonly<Record<ErrorCode, readonly Thrown[]>> = {
  INTERNAL: [[{ message: 'no handler x' }, 'no handler x'], [{ needs: 'Node 22.14 or newer', found: 'v20.1.0' }, 'Node 22.14 or newer', 'v20.1.0'], [{}]],
  BAD_INPUT: [
    [{ field: '--format', message: 'csv or jsonl' }, '--format', 'Csv or jsonl.'],
    [{ field: 'signing key', kid: 'k1' }, 'signing key'],
    [{ field: 'name', message: 'Another connection has this name.' }, 'Another connection has this name.'],
    [{ field: '', message: '' }],
  ],
  NOT_FOUND: [[{ what: 'segment', uid: 'u' }, 'segment'], [{ what: 'segment version', name: 'Regulars', version: 3 }, 'Regulars', '3'], [{ what: 'imported segment', id: 4 }]],
  NAME_UNKNOWN: [[{ what: 'segment', name: 'X', known: '"A", "B"' }, 'No segment is called "X".', '"A", "B"', 'uid'], [{ what: 'campaign', name: 'X', known: '' }, 'no campaign yet']],
  NAME_AMBIGUOUS: [[{ what: 'segment', name: 'X', count: 2, uids: 'u1, u2' }, '2 segments are called "X"', 'Give the uid: u1, u2.']],
  CONFLICT: [[{ what: 'The import', state: 'merging' }, 'The import', 'merging'], [{ what: 'The campaign', revision: 7 }, 'The campaign'], [{ what: 'The sender', current: 2, epoch: 1 }]],
  CANCELLED: bare,
  NO_WORKSPACE: bare,
  WORKSPACE_MISSING: [[{ folder: '/home/a/N.heliograph' }, '/home/a/N.heliograph']],
  WORKSPACE_EXISTS: [[{ folder: '/home/a/N.heliograph' }, '/home/a/N.heliograph']],
  WORKSPACE_LOCKED: [[{}], [{ answered: false }, 'does not answer']],
  WORKSPACE_NEWER: [[{ file: 9, program: 3 }, 'version 9', 'up to 3']],
  WORKSPACE_FOREIGN: [[{ applicationId: 17 }], [{ object: 'spy' }, '"spy"']],
  WORKSPACE_CORRUPT: [[{}], [{ object: 'segment Regulars' }, 'segment Regulars']],
  WORKSPACE_NETWORK_DRIVE: [[{ folder: '/mnt/x' }, '/mnt/x']],
  BACKUP_FAILED: bare,
  DISK_FULL: [[{}], [{ file: 'people.csv' }, 'people.csv'], [{ path: '/w/files/exports/1' }, '/w/files/exports/1']],
  STORE_UNAVAILABLE: [[{ why: 'not open' }], [{ file: 'lock.sqlite' }, 'lock.sqlite'], [{ sqlite: 'SQLITE_IOERR' }, 'SQLITE_IOERR'], [{ waiting: 900 }, '900']],
  THREAD_DIED: [[{}], [{ thread: 'collector' }, 'collector'], [{ when: 'program ended' }, 'not finished']],
  INSTANCE_LOST: [[{}], [{ doing: 'importing a.csv', then: 'the import goes on when it is opened again' }, 'Heliograph stopped while importing a.csv; the import goes on when it is opened again.'], [{ doing: 'checking a.csv' }, 'while checking a.csv.', 'Run the command again.']],
  SECRETS_LOCKED: bare,
  WRONG_PASSPHRASE: [[{}], [{ reason: 'no recovery passphrase was ever set' }, 'No recovery passphrase was ever set.']],
  PASSPHRASE_REQUIRED: bare,
  NO_SECRET_BOX: [[{}], [{ file: '/c/keys/1.key', problem: 'readable by others' }, '/c/keys/1.key is readable by others.']],
  FILE_UNREADABLE: [[{ file: 'people.csv' }, 'people.csv'], [{ path: '/x/y', message: 'EACCES: permission denied' }, '/x/y', 'permission denied.'], [{ name: 'a.csv', message: 'It is a folder.' }, 'a.csv', 'It is a folder.']],
  IMPORT_ROWS_LOST: [[{}, 'came back with a backup']],
  FILE_EMPTY: [[{}], [{ name: 'a.csv' }, 'a.csv']],
  FILE_NO_ROWS: [[{ name: 'a.csv' }, 'a.csv', 'has a header and no rows']],
  FILE_ENCODING: [[{ encoding: 'UTF-8', byte: 20, line: 1 }, 'UTF-8', 'line 1', 'byte 20', 'Windows-1252'], [{ encoding: 'UTF-16', byte: 1 }, 'byte 1', 'another encoding']],
  FILE_FORMAT: [[{ message: 'The gzip file is damaged.' }, 'The gzip file is damaged.']],
  FILE_TOO_WIDE: [[{ columns: 10_000, limit: 500 }, '10000', 'limit is 500.']],
  RECORD_TOO_LONG: [[{ row: 4, limit: 1_000_000 }, 'row 4', '1000000 characters.']],
  GZIP_BOMB: [[{ ratio: 1000, limit: 200 }, '1000 times', '200']],
  MAPPING_INVALID: [[{ message: 'Two columns are the address.' }, 'Two columns are the address.'], [{ message: 'x', columns: 'a, b' }, 'a, b']],
  SEGMENT_IN_USE: [[{ name: 'Regulars', by: 'campaign “May”' }, 'Regulars', 'campaign “May”.']],
  SEGMENT_EMPTY: bare,
  SEGMENT_CYCLE: [[{ name: 'A', through: 'B → A' }, 'A', 'B → A.']],
  LIST_REPLACED: [[{ name: 'Fair' }, '“Fair”']],
  TEMPLATE_SYNTAX: [
    [{ field: 'html', reason: 'unknown_helper', line: 3, column: 5, name: 'foo' }, 'html, line 3, column 5', 'no helper called "foo".'],
    [{ field: 'text', reason: 'unknown_partial', line: 1, column: 1, name: 'p' }, 'no part called "p".'],
    [{ field: 'text', reason: 'not_a_block', line: 1, column: 1, name: 'p' }, '"p" cannot be opened'],
    [{ field: 'text', reason: 'arguments', line: 1, column: 1, name: 'lookup', expected: 2, given: 1 }, '"lookup" needs 2 values, and 1 was given.'],
    [{ field: 'text', reason: 'syntax', line: 1, column: 1, message: 'a tag is not closed' }, 'A tag is not closed.'],
  ],
  TEMPLATE_IN_USE: [[{ by: 'May, June', count: 2 }, 'May, June.'], [{ by: 'a, b, c, d, e', count: 7 }, 'and 2 more.']],
  MISSING_VARIABLE: [[{ variable: 'User.UserAttributes.Name', field: 'subject' }, 'subject', 'User.UserAttributes.Name']],
  PERSONALISED_LINK_HOST: [[{ field: 'html', url: 'https://{{x}}/', line: 2, column: 9 }, 'https://{{x}}/', 'line 2']],
  RENDER_LIMIT: [[{ field: 'html', limit: 'outputCharacters', most: 2_000_000 }, 'html', '2,000,000 characters'], [{ field: 'text', limit: 'depth', most: 40 }, '40 deep']],
  RENDER_FAILED: [[{ field: 'subject', helper: 'numberFormat', expected: 'number' }, 'subject', 'numberFormat', 'It needs a number.']],
  CAMPAIGN_STATE: [[{ state: 'launched', wanted: 'draft' }, 'launched', 'draft'], [{ state: 'paused', why: 'credentials' }, 'paused (credentials)']],
  CAMPAIGN_NOT_READY: [[{ check: 'postal_address', count: 3 }, 'postal address', 'In all: 3.']],
  CONNECTION_IN_USE: [[{ by: 'May' }, 'May.']],
  CONNECTION_FAILED: [[{ host: 'test mailbox', message: 'The test mailbox is not running.' }, 'test mailbox', 'is not running.']],
  REACHABILITY_REQUIRED: [[{ why: 'not_verified' }, 'not been verified'], [{ why: 'not_decided' }, 'decided']],
  REACHABILITY_FAILED: [[{ reason: 'collector_stopped' }, 'collector is not running'], [{ reason: 'redirect', message: 'It redirects.', status: 301 }, 'It redirects. It answered with status 301.']],
  HEADER_INJECTION: [[{ field: 'Subject' }, 'Subject']],
  BAD_ADDRESS: [[{ field: 'From', reason: 'bad domain' }, 'From', 'Bad domain.']],
  SUPPRESSION_REASON_REQUIRED: bare,
  ERASE_NOT_NOW: [[{ why: 'sending' }, 'on its way'], [{ why: 'job' }, 'at work']],
  COLLECTOR_UNAVAILABLE: [[{}], [{ host: '127.0.0.1', port: 80, message: 'Port 80 needs administrator rights.' }, 'port 80', 'Port 80 needs administrator rights.']],
  NOT_ALLOWED: [
    [{ message: 'The test mailbox is built in.' }, 'The test mailbox is built in.'],
    [{ actor: 'engine' }, 'engine'],
    [{ what: 'rules of an imported segment', name: 'Fair' }, 'rules of an imported segment (Fair)'],
  ],
};

describe('the words of an error', () => {
  it.each(errorCodes)('%s: every fact that is thrown is read in whole sentences', (code) => {
    for (const [detail, ...says] of thrown[code]) {
      const { what, why, todo } = describeError(code, detail);
      const text = [what, why, todo].filter(Boolean).join(' ');
      for (const part of says) expect(text).toContain(part);
      expect(text).not.toMatch(/undefined|null| {2}|: *\.|: *$|\.\.|\( *\)|" *"|“ *”| [.,;](?=\s|$)/);
      for (const part of [what, why, todo].filter(Boolean)) expect(part).toMatch(/^[\p{Lu}\d"“/].*[.]$/su);
    }
  });
});

describe('a name on the command line', () => {
  const list = ['A', 'B', 'B'].map((name, n) => ({ uid: `u${n}`, name }));
  const failing = (wanted: string) => {
    try {
      findByName(list, wanted, 'segment');
    } catch (error) {
      return shapeOf(error);
    }
    throw new Error('it was found');
  };

  it('is found by name or uid, and otherwise says which names there are', () => {
    expect(findByName(list, 'A', 'segment').uid).toBe('u0');
    expect(findByName(list, 'u2', 'segment').uid).toBe('u2');
    const unknown = failing('C');
    expect(unknown).toEqual({ code: 'NAME_UNKNOWN', detail: { what: 'segment', name: 'C', known: '"A", "B", "B"' } });
    const several = failing('B');
    expect(several).toEqual({ code: 'NAME_AMBIGUOUS', detail: { what: 'segment', name: 'B', count: 2, uids: 'u1, u2' } });
    expect([exitCodeOf(unknown), exitCodeOf(several)]).toEqual([2, 2]);
  });

  it('never sends anybody back to a list', () => {
    for (const code of errorCodes) expect(describeError(code, {}).todo).not.toContain('Go back');
  });
});
