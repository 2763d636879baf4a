import Handlebars from 'handlebars';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { EmailField } from '../../../src-preload/contract/template.js';

/** The parts of Handlebars' own syntax tree that we use, as a closed union so that the compiler insists on every case. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
export interface Located {
  readonly loc: { readonly start: Position; readonly end: Position };
}
export interface PathExpression extends Located {
  readonly type: 'PathExpression';
  readonly data: boolean;
  readonly depth: number;
  readonly parts: readonly string[];
  readonly original: string;
}
export type Literal = Located &
  (
    | { readonly type: 'StringLiteral'; readonly value: string }
    | { readonly type: 'NumberLiteral'; readonly value: number }
    | { readonly type: 'BooleanLiteral'; readonly value: boolean }
    | { readonly type: 'UndefinedLiteral' | 'NullLiteral' }
  );
export interface Call {
  readonly path: PathExpression | Literal;
  readonly params: readonly Expression[];
  readonly hash?: { readonly pairs: readonly { readonly key: string; readonly value: Expression }[] };
}
export interface SubExpression extends Located, Call {
  readonly type: 'SubExpression';
}
export type Expression = PathExpression | Literal | SubExpression;

export interface Program {
  readonly type: 'Program';
  readonly body: readonly Statement[];
  readonly blockParams?: readonly string[];
}
export type Statement = Located &
  (
    | { readonly type: 'ContentStatement'; readonly value: string; readonly original: string }
    | { readonly type: 'CommentStatement' }
    | ({ readonly type: 'MustacheStatement'; readonly escaped: boolean } & Call)
    | ({ readonly type: 'BlockStatement'; readonly program?: Program; readonly inverse?: Program } & Call)
    | { readonly type: 'PartialStatement'; readonly name: Expression; readonly params: readonly Expression[]; readonly hash?: Call['hash'] }
    | { readonly type: 'PartialBlockStatement'; readonly name: Expression; readonly params: readonly Expression[]; readonly hash?: Call['hash']; readonly program: Program }
    | ({ readonly type: 'DecoratorBlock'; readonly program: Program } & Call)
    | ({ readonly type: 'Decorator' } & Call)
  );
export type BlockStatement = Extract<Statement, { type: 'BlockStatement' }>;
export type MustacheStatement = Extract<Statement, { type: 'MustacheStatement' }>;

/** Why a template cannot be used, with its place (1-based). `reason` picks the words: `syntax`, `unknown_helper`, `unknown_partial`, `not_a_block`, `arguments`. */
export function syntaxError(field: EmailField, reason: string, at: Position | undefined, detail: Readonly<Record<string, string | number>> = {}, cause?: unknown): HeliographError {
  return new HeliographError('TEMPLATE_SYNTAX', { field, reason, line: at?.line ?? 1, column: (at?.column ?? 0) + 1, ...detail }, { cause });
}

/**
 * Handlebars' lexer says the line in words and draws an arrow under the column of an excerpt: up to 20 characters before and after the place,
 * with "..." where cut and without line breaks. The column is where the line fits that excerpt.
 */
function placeInMessage(message: string, source: string): Position {
  const line = Number(/on line (\d+)/.exec(message)?.[1] ?? 1);
  const text = source.split(/\r\n?|\n/)[line - 1] ?? '';
  const arrow = /^(-*)\^/m.exec(message)?.[1]?.length ?? 0;
  const excerpt = message.split('\n')[1] ?? '';
  const before = excerpt.slice(0, arrow).replace(/^\.\.\./, '');
  const after = excerpt.slice(arrow).replace(/\.\.\.$/, '');
  for (let column = text.length; column >= 0; column--) {
    if (before.endsWith(text.slice(Math.max(0, column - before.length), column)) && after.startsWith(text.slice(column, column + after.length))) return { line, column };
  }
  return { line, column: 0 };
}

/** Handlebars' lexer takes a second for some 5,000 tags and grows with their square; a rich newsletter has a hundred. */
export const maxTags = 2000;

/** Parses with Handlebars' own parser. Throws `TEMPLATE_SYNTAX` {field, reason, line, column, message}. */
export function parseTemplate(source: string, field: EmailField): Program {
  if (source.split('{{', maxTags + 2).length > maxTags + 1) throw syntaxError(field, 'syntax', undefined, { message: `More than ${maxTags.toLocaleString('en')} pairs of {{ }} in one field.` });
  try {
    return Handlebars.parse(source) as unknown as Program;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const known = error as { lineNumber?: unknown; column?: unknown };
    const at = typeof known.lineNumber === 'number' ? { line: known.lineNumber, column: typeof known.column === 'number' ? known.column : 0 } : placeInMessage(message, source);
    throw syntaxError(field, 'syntax', at, { message: plainMessage(message) }, error);
  }
}

function plainMessage(message: string): string {
  const got = /got '([A-Z_]+)'/.exec(message)?.[1];
  if (got === 'EOF') return 'A {{ or a block is not closed.';
  if (got === 'INVALID') return 'Not understood between {{ and }}.';
  if (got === 'OPEN_ENDBLOCK') return 'A block is closed here that was not opened.';
  const mismatch = /^(.+) doesn't match (.+?) - /.exec(message);
  if (mismatch) return `{{#${mismatch[1]}}} is closed by {{/${mismatch[2]}}}.`;
  return got ? 'Something is missing or too much here.' : (message.split('\n')[0] ?? '');
}

/** Turns a 1-based line and 0-based column into an offset into `source`. */
export function offsetOf(lineStarts: readonly number[], at: Position): number {
  return (lineStarts[at.line - 1] ?? 0) + at.column;
}

/** Handlebars counts lines at \n, \r\n and \r alike, so must we. */
export function lineStartsOf(source: string): number[] {
  const starts = [0];
  for (const match of source.matchAll(/\r\n?|\n/g)) starts.push(match.index + match[0].length);
  return starts;
}
