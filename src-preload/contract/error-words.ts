import type { ErrorCode, ErrorDetail } from './errors.js';

/** An error as people read it. `what` always says something; `why` and `todo` are empty where nothing true could be said. */
export interface ErrorWords {
  readonly what: string;
  readonly why: string;
  readonly todo: string;
}

type Words = (detail: ErrorDetail) => ErrorWords;

const words = (what: string, why = '', todo = ''): ErrorWords => ({ what, why, todo });

/** A fact of the error, or `otherwise` when it came without it. */
function fact(detail: ErrorDetail, key: string, otherwise: string): string {
  const value = detail[key];
  return value === undefined || value === null || value === '' ? otherwise : String(value);
}

/** ` at line 3` when the fact is there, else nothing. */
function where(detail: ErrorDetail, key: string, before: string): string {
  const value = detail[key];
  return value === undefined || value === null || value === '' ? '' : `${before}${String(value)}`;
}

/** Every code's words. The compiler asks for a line here when a code is added to `errors.ts`. */
const table: Readonly<Record<ErrorCode, Words>> = {
  INTERNAL: () => words('Something went wrong inside Heliograph.', 'This is a fault of the program, not of your data. The details are in the log.', 'Try again. If it happens again, report it with the log file.'),
  BAD_INPUT: (d) => words(`This value was not accepted${where(d, 'field', ': ')}.`, fact(d, 'message', ''), 'Correct it and try again.'),
  NOT_FOUND: (d) => words(`There is no such ${fact(d, 'what', 'thing')}.`, 'It was removed, or the link is of another workspace.', 'Go back to the list.'),
  CONFLICT: (d) => words(`${fact(d, 'what', 'This')} was changed in the meantime.`, 'Another window or the command line saved a newer version.', 'Reload to see it, then make your change again.'),
  CANCELLED: () => words('Cancelled.'),
  NO_WORKSPACE: () => words('No workspace is open.', '', 'Open or make one first.'),
  WORKSPACE_MISSING: (d) => words('There is no workspace in this folder.', where(d, 'path', 'Looked in '), 'Choose a folder that ends in .heliograph, or make a new workspace.'),
  WORKSPACE_EXISTS: (d) => words('There is a workspace in this folder already.', where(d, 'path', ''), 'Open it, or choose another name.'),
  WORKSPACE_LOCKED: (d) => words('This workspace is open in another Heliograph.', `Only one program may hold a workspace${where(d, 'process', ': now process ')}.`, 'Close it there, or work in that window.'),
  WORKSPACE_NEWER: (d) => words('This workspace was made by a newer Heliograph.', `Its schema is version ${fact(d, 'found', 'unknown')}, this program knows up to ${fact(d, 'known', 'an older one')}.`, 'Update Heliograph. Nothing was changed.'),
  WORKSPACE_FOREIGN: () => words('This is not a Heliograph workspace.', 'The file is a database of another program, or its tables were altered.', 'Choose another folder. Nothing was changed.'),
  WORKSPACE_CORRUPT: (d) => words('The workspace file is damaged.', fact(d, 'message', 'The database did not pass its check.'), 'Restore the last backup (Settings, Backup). The damaged file is kept.'),
  WORKSPACE_NETWORK_DRIVE: () => words('A workspace cannot live on a network drive.', 'Locks and durable writes cannot be trusted there, so a message could be sent twice.', 'Move the folder to a disk of this computer.'),
  BACKUP_FAILED: (d) => words('The backup was not made.', fact(d, 'message', ''), 'Check the free space and try again. The workspace itself is untouched.'),
  DISK_FULL: () => words('The disk is full.', 'The change could not be written, so nothing was changed and nothing is sent.', 'Free some space and try again.'),
  STORE_UNAVAILABLE: () => words('The workspace does not answer.', 'It is closing, or the program that holds it has stopped.', 'Wait a moment or open the workspace again.'),
  THREAD_DIED: (d) => words(`A part of Heliograph stopped: ${fact(d, 'thread', 'a worker')}.`, 'The details are in the log. Messages in flight are marked "may have been sent".', 'Close and open the workspace to start it again.'),
  SECRETS_LOCKED: () => words('The saved credentials are locked.', 'This computer cannot unwrap the key of this workspace.', 'Enter the recovery passphrase (Settings, Security).'),
  WRONG_PASSPHRASE: () => words('This is not the passphrase.', '', 'Check capital letters and the keyboard layout, then try again.'),
  PASSPHRASE_REQUIRED: () => words('Set a recovery passphrase first.', 'Without it, credentials saved here would be lost with this computer.', 'Set one in Settings, Security.'),
  NO_SECRET_BOX: () => words('There is no safe place for credentials on this computer.', 'The system has no keychain that Heliograph may use, and secrets are never kept in plain text.', 'Set a recovery passphrase (Settings, Security).'),
  FILE_UNREADABLE: (d) => words(`The file cannot be read${where(d, 'name', ': ')}.`, fact(d, 'message', ''), 'Check that it still exists and that you may open it.'),
  FILE_EMPTY: (d) => words(`The file is empty${where(d, 'name', ': ')}.`, '', 'Choose a file with at least one row.'),
  FILE_ENCODING: (d) => words(`The file is not ${fact(d, 'encoding', 'UTF-8')}.`, `The first byte that does not fit is${where(d, 'line', ' in line ')}${where(d, 'offset', ' at byte ')}.`, 'Save it again as "CSV UTF-8", or read it as Windows-1252 (Western European) and look at the sample values.'),
  FILE_FORMAT: (d) => words('The file is not in a form that Heliograph reads.', fact(d, 'message', ''), 'Use CSV or JSON lines, plain or gzip.'),
  FILE_TOO_WIDE: (d) => words(`The file has too many columns${where(d, 'columns', ': ')}.`, where(d, 'limit', 'The limit is '), 'Leave out columns that you do not need.'),
  RECORD_TOO_LONG: (d) => words(`A row is too long${where(d, 'row', ': row ')}.`, where(d, 'limit', 'The limit in characters is '), 'Look for a quote that is never closed in that row, or shorten it.'),
  GZIP_BOMB: () => words('The compressed file grows beyond reason.', 'It unpacks to far more than a file of people would; reading stopped.', 'Unpack it yourself and look at it before you import it.'),
  MAPPING_INVALID: (d) => words('The columns cannot be imported like this.', fact(d, 'message', ''), 'Change the mapping and check again.'),
  SEGMENT_IN_USE: (d) => words('The segment is in use.', where(d, 'by', 'It is used by '), 'Change what uses it first.'),
  SEGMENT_EMPTY: () => words('Nobody is in this segment.', '', 'Loosen its rules or choose another segment.'),
  SEGMENT_CYCLE: (d) => words(`The segment would contain itself${where(d, 'name', ': ')}.`, where(d, 'through', ''), 'Take it out of the rules, or name another segment.'),
  TEMPLATE_SYNTAX: (d) => words(`The template has a mistake${where(d, 'field', ' in the ')}${where(d, 'line', ', line ')}.`, fact(d, 'message', where(d, 'name', 'Not understood: ')), 'Correct the marked place.'),
  TEMPLATE_IN_USE: (d) => words('The template is in use.', where(d, 'by', 'It is used by '), 'Change what uses it first.'),
  MISSING_VARIABLE: (d) => words(`A value is missing${where(d, 'variable', ': ')}.`, 'This person has no such value and the template gives no default.', 'Give the variable a default, or leave these people out.'),
  PERSONALISED_LINK_HOST: (d) => words('A link must not take its host from a person\'s data.', `Anybody who can write that value could send your readers elsewhere${where(d, 'url', ': ')}.`, 'Write the scheme and the host out; path and query may be personal.'),
  RENDER_LIMIT: (d) => words(`The message could not be written${where(d, 'field', ': the ')}${where(d, 'limit', ' went over its limit of ')}.`, 'Loops or partials make it too long or too much work.', 'Simplify loops in the template.'),
  RENDER_FAILED: (d) => words(`The message could not be written${where(d, 'helper', ': {{')}${d.helper === undefined ? '' : ' ...}}'} cannot use this person's value.`, where(d, 'expected', 'It needs a '), 'Correct the value, or guard it with {{#if}}.'),
  CAMPAIGN_STATE: (d) => words('This cannot be done with the campaign now.', where(d, 'state', 'Its state is: '), 'Reload to see where it stands.'),
  CAMPAIGN_NOT_READY: (d) => words('The campaign is not ready to launch.', where(d, 'check', 'First of what is missing: ').replaceAll('_', ' '), 'Open Review and see what is missing.'),
  CONNECTION_IN_USE: (d) => words('The connection is in use.', where(d, 'by', 'It is used by '), 'Choose another connection there first.'),
  CONNECTION_FAILED: (d) => words(`The mail server did not accept the connection${where(d, 'host', ': ')}.`, fact(d, 'message', ''), 'Check host, port, encryption, user name and password.'),
  REACHABILITY_REQUIRED: () => words('Recipients could not reach your links yet.', 'A real connection needs a verified public address, or unsubscribing by e-mail instead of tracked links.', 'Choose one in Settings, Reachability.'),
  REACHABILITY_FAILED: (d) => words('The public address does not lead here.', fact(d, 'message', ''), 'Check the tunnel or proxy, then verify again.'),
  HEADER_INJECTION: (d) => words(`A line break is not allowed here${where(d, 'field', ': ')}.`, 'It would let a value add headers to the message.', 'Remove the line break.'),
  BAD_ADDRESS: (d) => words(`An address cannot be used${where(d, 'field', ': ')}.`, fact(d, 'reason', ''), 'Correct the address.'),
  SUPPRESSION_REASON_REQUIRED: () => words('Say why this address may be contacted again.', 'Lifting a suppression is kept in the audit log with its reason.', 'Enter a reason.'),
  COLLECTOR_UNAVAILABLE: (d) => words('The collector is not running.', fact(d, 'message', ''), 'Choose another port in Settings, Reachability.'),
  NOT_ALLOWED: (d) => words('This is not allowed.', fact(d, 'message', ''), ''),
};

/** Turns a code and its detail into what happened, why, what to do: for the screens and the command line alike. */
export function describeError(code: ErrorCode, detail: ErrorDetail = {}): ErrorWords {
  return table[code](detail);
}
