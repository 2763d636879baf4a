import type { ErrorCode, ErrorDetail } from './errors.js';
import { reachabilityProblems, reachabilityWords } from './reachability.js';

/** An error as people read it. `what` always says something; `why` and `todo` are empty where nothing true could be said. */
export interface ErrorWords {
  readonly what: string;
  readonly why: string;
  readonly todo: string;
}

type Words = (detail: ErrorDetail) => ErrorWords;

const words = (what: string, why = '', todo = ''): ErrorWords => ({ what, why, todo });

/** The first of these facts that the error carries, as text; undefined without any. */
function given(detail: ErrorDetail, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = detail[key];
    if (value !== undefined && value !== null && value !== '') return String(value);
  }
  return undefined;
}

/** A fact of the error, or `otherwise` when it came without it. */
const fact = (detail: ErrorDetail, key: string, otherwise: string): string => given(detail, key) ?? otherwise;

/** A fact between two pieces of text, or nothing where the error came without it. */
function where(detail: ErrorDetail, key: string, before: string, after = ''): string {
  const value = given(detail, key);
  return value === undefined ? '' : `${before}${value}${after}`;
}

/** A fact that is itself words, as a whole sentence: throwers write it as a clause or as a sentence, whichever is natural there. */
function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const ended = /[.?:…)"”]$/.test(trimmed) ? trimmed.replace(/:$/, '.') : `${trimmed}.`;
  return ended[0]!.toUpperCase() + ended.slice(1);
}
const told = (detail: ErrorDetail, key: string, otherwise = ''): string => sentence(fact(detail, key, otherwise));

/** The file an error is about: by name where a person named it, else by where it lies. */
const file = (detail: ErrorDetail): string | undefined => given(detail, 'name', 'file', 'path');
const ofFile = (detail: ErrorDetail): string => {
  const name = file(detail);
  return name === undefined ? '' : `: ${name}`;
};

const counted = (n: string, one: string, many: string): string => `${n} ${n === '1' ? one : many}`;

/** What a template's mistake is, by `reason` (`syntaxError` in the template engine). */
function templateMistake(d: ErrorDetail): string {
  const name = fact(d, 'name', '');
  switch (d.reason) {
    case 'unknown_helper':
      return `There is no helper called "${name}".`;
    case 'unknown_partial':
      return `There is no part called "${name}".`;
    case 'not_a_block':
      return `"${name}" cannot be opened with {{#.`;
    case 'arguments':
      return `"${name}" needs ${counted(fact(d, 'expected', '1'), 'value', 'values')}, and ${fact(d, 'given', '0')} ${given(d, 'given') === '1' ? 'was' : 'were'} given.`;
    default:
      return told(d, 'message');
  }
}

const renderLimitWords: Readonly<Record<string, string>> = {
  steps: 'It takes more than {n} steps to write.',
  outputCharacters: 'It is longer than {n} characters.',
  helperCharacters: 'One value in it is longer than {n} characters.',
  depth: 'Blocks or partials stand in each other more than {n} deep.',
};

const linksWhy: Readonly<Record<string, string>> = {
  not_decided: 'Nobody has decided yet how recipients reach this workspace.',
  not_verified: 'The public address has not been verified.',
  collector_stopped: 'The collector is not running.',
};

/** Every code's words. The compiler asks for a line here when a code is added to `errors.ts`. */
const table: Readonly<Record<ErrorCode, Words>> = {
  INTERNAL: (d) =>
    d.needs !== undefined
      ? words(`Heliograph needs ${fact(d, 'needs', 'a newer Node')}.`, where(d, 'found', 'This is Node ', '.'), 'Install it and start again.')
      : words('Something went wrong inside Heliograph.', `This is a fault of the program, not of your data${where(d, 'message', ' (', ')')}.`, 'Try again. If it happens again, report it with the log file.'),
  BAD_INPUT: (d) => words(`This value was not accepted${where(d, 'field', ': ')}.`, told(d, 'message'), 'Correct it and try again.'),
  NOT_FOUND: (d) => words(`There is no such ${fact(d, 'what', 'thing')}${where(d, 'name', ' of “', '”')}${where(d, 'version', ': ')}.`, 'It was removed, or it belongs to another workspace.', 'Choose one that is still there.'),
  NAME_UNKNOWN: (d) =>
    words(
      `No ${fact(d, 'what', 'record')} is called "${fact(d, 'name', '')}".`,
      given(d, 'known') === undefined ? `This workspace has no ${fact(d, 'what', 'record')} yet.` : `This workspace has: ${fact(d, 'known', '')}.`,
      given(d, 'known') === undefined ? 'Make one first.' : 'Use one of these names or a uid.',
    ),
  NAME_AMBIGUOUS: (d) => words(`${fact(d, 'count', 'Several')} ${fact(d, 'what', 'record')}s are called "${fact(d, 'name', '')}".`, '', `Give the uid${where(d, 'uids', ': ')}.`),
  CONFLICT: (d) =>
    words(
      `${fact(d, 'what', 'This')} was changed in the meantime.`,
      given(d, 'state') === undefined ? 'Another window or the command line saved a newer version.' : `Its state is now: ${fact(d, 'state', '')}.`,
      'Reload to see it, then make your change again.',
    ),
  CANCELLED: () => words('Cancelled.'),
  NO_WORKSPACE: () => words('No workspace is open.', '', 'Open or make one first.'),
  WORKSPACE_MISSING: (d) => words('There is no workspace in this folder.', where(d, 'folder', 'Looked in ', '.'), 'Choose a folder that ends in .heliograph, or make a new workspace.'),
  WORKSPACE_EXISTS: (d) => words('There is a workspace in this folder already.', where(d, 'folder', 'It is ', '.'), 'Open it, or choose another name.'),
  WORKSPACE_LOCKED: (d) =>
    words(
      'This workspace is open in another Heliograph.',
      d.answered === false ? 'That program does not answer, so it could not be asked to do the work.' : 'Only one program may hold a workspace.',
      d.answered === false ? 'End that program, then try again.' : 'Close it there, or work in that window. On the command line, other commands than “serve” hand their work to it.',
    ),
  WORKSPACE_NEWER: (d) =>
    words('This workspace was made by a newer Heliograph.', `Its schema is version ${fact(d, 'file', 'unknown')}, this program knows up to ${fact(d, 'program', 'an older one')}.`, 'Update Heliograph. Nothing was changed.'),
  WORKSPACE_FOREIGN: (d) =>
    words(
      'This is not a Heliograph workspace.',
      given(d, 'object') === undefined ? 'The file is a database of another program.' : `Its tables were altered: "${fact(d, 'object', '')}" is not as Heliograph makes it.`,
      'Choose another folder. Nothing was changed.',
    ),
  WORKSPACE_CORRUPT: (d) =>
    words('The workspace file is damaged.', given(d, 'object') === undefined ? 'The database did not pass its check.' : `Found damaged: ${fact(d, 'object', '')}.`, 'Restore a backup. The damaged file is kept.'),
  WORKSPACE_NETWORK_DRIVE: (d) =>
    words(`A workspace cannot live on a network drive${where(d, 'folder', ': ')}.`, 'Locks and durable writes cannot be trusted there, so a message could be sent twice.', 'Move the folder to a disk of this computer.'),
  BACKUP_FAILED: () => words('The backup was not made.', '', 'Look at the log and try again. The workspace itself is untouched.'),
  DISK_FULL: (d) =>
    words(
      'The disk is full.',
      file(d) === undefined ? 'The change could not be written, so nothing was changed and nothing is sent.' : `Not written: ${file(d)!}.`,
      'Free some space and try again.',
    ),
  STORE_UNAVAILABLE: (d) =>
    words(
      'The workspace does not answer.',
      given(d, 'sqlite') !== undefined
        ? `The disk answered with an error: ${fact(d, 'sqlite', '')}.`
        : given(d, 'file') !== undefined
          ? `A file in its folder cannot be opened or written: ${fact(d, 'file', '')}.`
          : given(d, 'waiting') !== undefined
            ? `Already waiting for it: ${fact(d, 'waiting', '')}.`
            : 'It is closing, or the program that holds it has stopped.',
      'Wait a moment or open the workspace again.',
    ),
  THREAD_DIED: (d) =>
    d.when !== undefined
      ? words('This work was not finished.', 'Heliograph ended while it was at it.', 'Start it again.')
      : words(`A part of Heliograph stopped: ${fact(d, 'thread', 'a worker')}.`, 'The details are in the log. Messages in flight are marked "may have been sent".', 'Close and open the workspace to start it again.'),
  INSTANCE_LOST: (d) => words(`Heliograph stopped while ${fact(d, 'doing', 'it was at work')}${told(d, 'then') === '' ? '.' : `; ${fact(d, 'then', '')}.`}`, '', d.then === undefined ? 'Run the command again.' : ''),
  SECRETS_LOCKED: () => words('The saved credentials are locked.', 'This computer cannot unwrap the key of this workspace.', 'Enter the recovery passphrase (Settings, Security).'),
  WRONG_PASSPHRASE: (d) => words('This is not the passphrase.', told(d, 'reason'), d.reason !== undefined ? 'Open the workspace on the computer that made it.' : 'Check capital letters and the keyboard layout, then try again.'),
  PASSPHRASE_REQUIRED: () => words('Set a recovery passphrase first.', 'Without it, credentials saved here would be lost with this computer.', 'Set one in Settings, Security.'),
  NO_SECRET_BOX: (d) =>
    given(d, 'file') === undefined
      ? words('There is no safe place for credentials on this computer.', 'The system has no keychain that Heliograph may use, and secrets are never kept in plain text.', 'Set a recovery passphrase (Settings, Security).')
      : words('The key file of this workspace cannot be used.', `${fact(d, 'file', '')} is ${fact(d, 'problem', 'not as it should be')}.`, 'Make it readable by you alone (chmod 600), or put the right file in its place.'),
  FILE_UNREADABLE: (d) => words(`The file cannot be read${ofFile(d)}.`, told(d, 'message'), 'Check that it still exists and that you may open it.'),
  IMPORT_ROWS_LOST: () => words('This import cannot go on.', 'It came back with a backup; its checked rows are gone.', 'Take it back, or import the file again.'),
  FILE_EMPTY: (d) => words(`The file is empty${ofFile(d)}.`, '', 'Choose a file with at least one row.'),
  FILE_NO_ROWS: (d) => words(`The file has a header and no rows${ofFile(d)}.`, 'Its first row holds the names of the columns, and nothing follows.', 'Choose a file with people, or say that its first row is a person.'),
  FILE_ENCODING: (d) =>
    words(
      `The file is not ${fact(d, 'encoding', 'UTF-8')}.`,
      given(d, 'line', 'byte') === undefined ? '' : `The first byte that does not fit is${where(d, 'line', ' in line ')}${where(d, 'byte', ' at byte ')}.`,
      given(d, 'encoding') === 'UTF-16' ? 'Save it again as "CSV UTF-8", or read it in another encoding.' : 'Save it again as "CSV UTF-8", or read it as Windows-1252 (Western European) and look at the sample values.',
    ),
  FILE_FORMAT: (d) => words('The file is not in a form that Heliograph reads.', told(d, 'message'), 'Use an Excel workbook (.xlsx), CSV or JSON lines, plain or gzip.'),
  FILE_TOO_WIDE: (d) => words(`The file has too many columns${where(d, 'columns', ': ')}.`, where(d, 'limit', 'The limit is ', '.'), 'Leave out columns that you do not need.'),
  RECORD_TOO_LONG: (d) => words(`A row is too long${where(d, 'row', ': row ')}.`, where(d, 'limit', 'The limit is ', ' characters.'), 'Look for a quote that is never closed in that row, or shorten it.'),
  GZIP_BOMB: (d) =>
    words(
      'The compressed file grows beyond reason.',
      given(d, 'ratio') === undefined ? 'It unpacks to far more than a file of people would; reading stopped.' : `It unpacks to ${fact(d, 'ratio', '')} times its size${where(d, 'limit', ', the limit is ')}; reading stopped.`,
      'Unpack it yourself and look at it before you import it.',
    ),
  MAPPING_INVALID: (d) => words(`The columns cannot be imported like this${where(d, 'columns', ': ')}.`, told(d, 'message'), 'Change the mapping and check again.'),
  SEGMENT_IN_USE: (d) => words(`The segment${where(d, 'name', ' “', '”')} is in use.`, where(d, 'by', 'It is used by ', '.'), 'Change what uses it first.'),
  SEGMENT_EMPTY: () => words('Nobody is in this segment.', '', 'Loosen its rules or choose another segment.'),
  SEGMENT_CYCLE: (d) => words(`The segment would contain itself${where(d, 'name', ': ')}.`, where(d, 'through', 'It leads back through ', '.'), 'Take it out of the rules, or name another segment.'),
  LIST_REPLACED: (d) =>
    words(
      `The list${where(d, 'name', ' “', '”')} was changed after the launch.`,
      'The people in it now are not those who were reviewed, so nothing was sent. If you go on, they are who gets the message.',
      'Look at the list, then go on or take the launch back.',
    ),
  TEMPLATE_SYNTAX: (d) => words(`The template has a mistake${where(d, 'field', ' in the ')}${where(d, 'line', ', line ')}${where(d, 'column', ', column ')}.`, templateMistake(d), given(d, 'line') === undefined ? 'Correct it in the template.' : 'Correct that line.'),
  TEMPLATE_IN_USE: (d) => words('The template is in use.', where(d, 'by', 'It is used by ', moreThan(d, 5)), 'Change what uses it first.'),
  MISSING_VARIABLE: (d) => words(`A value is missing${where(d, 'field', ' in the ')}${where(d, 'variable', ': ')}.`, 'This person has no such value and the template gives no default.', 'Give the variable a default, or leave these people out.'),
  PERSONALISED_LINK_HOST: (d) =>
    words(`A link must not take its host from a person's data${where(d, 'line', ' (line ', ')')}.`, `Anybody who can write that value could send your readers elsewhere${where(d, 'url', ': ')}.`, 'Write the scheme and the host out; path and query may be personal.'),
  RENDER_LIMIT: (d) =>
    words(`The ${fact(d, 'field', 'message')} could not be written.`, (renderLimitWords[fact(d, 'limit', '')] ?? 'It is too long or too much work.').replace('{n}', Number(d.most ?? 0).toLocaleString('en')), 'Simplify loops and partials in the template.'),
  RENDER_FAILED: (d) =>
    words(`The ${fact(d, 'field', 'message')} could not be written${where(d, 'helper', ': ', " cannot use this person's value")}.`, where(d, 'expected', 'It needs a ', '.'), 'Correct the value, or guard it with {{#if}}.'),
  CAMPAIGN_STATE: (d) =>
    words(
      'This cannot be done with the campaign now.',
      given(d, 'state') === undefined ? '' : `Its state is: ${fact(d, 'state', '')}${where(d, 'why', ' (', ')')}${where(d, 'wanted', '; it would have to be: ')}.`,
      'Look at where it stands.',
    ),
  CAMPAIGN_NOT_READY: (d) =>
    words('The campaign is not ready to launch.', `${where(d, 'check', 'First of what is missing: ', '.').replaceAll('_', ' ')}${Number(d.count ?? 1) > 1 ? ` In all: ${String(d.count)}.` : ''}`, 'Open Review and see what is missing.'),
  CONNECTION_IN_USE: (d) => words('The connection is in use.', where(d, 'by', 'It is used by ', '.'), 'Choose another connection there first.'),
  CONNECTION_FAILED: (d) => words(`The mail server did not accept the connection${where(d, 'host', ': ')}.`, told(d, 'message'), 'Check host, port, encryption, user name and password.'),
  REACHABILITY_REQUIRED: (d) =>
    words(
      'Recipients could not reach your links yet.',
      [linksWhy[fact(d, 'why', '')], 'A real connection needs a verified public address, or unsubscribing by e-mail instead of tracked links.'].filter(Boolean).join(' '),
      'Choose one in Settings, Reachability.',
    ),
  REACHABILITY_FAILED: (d) => {
    const problem = reachabilityProblems.find((known) => known === d.reason);
    return words('The public address does not lead here.', `${told(d, 'message', problem === undefined ? '' : reachabilityWords[problem])}${where(d, 'status', ' It answered with status ', '.')}`, 'Check the tunnel or proxy, then verify again.');
  },
  HEADER_INJECTION: (d) => words(`A line break is not allowed here${where(d, 'field', ': ')}.`, 'It would let a value add headers to the message.', 'Remove the line break.'),
  BAD_ADDRESS: (d) => words(`An address cannot be used${where(d, 'field', ': ')}.`, told(d, 'reason'), 'Correct the address.'),
  SUPPRESSION_REASON_REQUIRED: () => words('Say why this address may be contacted.', 'Lifting a suppression or giving a consent is kept for good with its reason.', 'Enter a reason.'),
  ERASE_NOT_NOW: (d) =>
    d.why === 'job'
      ? words('Nobody can be erased right now.', 'An import, an export or another job is at work and may hold the person.', 'Wait until it is done, or cancel it in the status bar.')
      : words('This person cannot be erased right now.', 'A message to them is on its way, and its outcome is not known yet.', 'Wait a moment, or pause the campaign, and try again.'),
  COLLECTOR_UNAVAILABLE: (d) => words(`The collector is not running${where(d, 'port', ' on port ')}.`, told(d, 'message'), 'Choose another port in Settings, Reachability.'),
  NOT_ALLOWED: (d) =>
    words(
      'This is not allowed.',
      given(d, 'actor') !== undefined ? `Only an operator may do it; this was asked by: ${fact(d, 'actor', '')}.` : given(d, 'what') !== undefined ? `Not possible: ${fact(d, 'what', '')}${where(d, 'name', ' (', ')')}.` : told(d, 'message'),
    ),
};

/** Ends a list of which only the first `shown` are named. */
function moreThan(d: ErrorDetail, shown: number): string {
  const rest = Number(d.count ?? 0) - shown;
  return rest > 0 ? ` and ${rest} more.` : '.';
}

/** Turns a code and its detail into what happened, why, what to do: for the screens and the command line alike. */
export function describeError(code: ErrorCode, detail: ErrorDetail = {}): ErrorWords {
  return table[code](detail);
}
