import { type Expression, lineStartsOf, offsetOf, type Program, type Statement } from '../engine/ast.js';

/** A piece of Handlebars in a source: a whole `{{...}}`, or the opening, `else` and closing tags of a block. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly source: string;
  /** For a plain mustache: what it calls, so that it can be wrapped. */
  readonly mustache?: { readonly root: string; readonly hasArguments: boolean; readonly raw: boolean };
}

type Range = { readonly start: number; readonly end: number; readonly node?: Statement };

function rootOf(path: Expression): string {
  return path.type === 'PathExpression' ? (path.parts[0] ?? '') : '';
}

/** Finds every piece of Handlebars, in order. What lies between is the author's HTML, character for character. */
export function segmentsOf(source: string, program: Program): Segment[] {
  const starts = lineStartsOf(source);
  const content: Range[] = [];
  const leaves: Range[] = [];
  const visit = (body: readonly Statement[]) => {
    for (const node of body) {
      const range = { start: offsetOf(starts, node.loc.start), end: offsetOf(starts, node.loc.end), node };
      if (node.type === 'ContentStatement') content.push(range);
      else if (node.type === 'MustacheStatement' || node.type === 'PartialStatement' || node.type === 'CommentStatement' || node.type === 'Decorator') leaves.push(range);
      else {
        if (node.program) visit(node.program.body);
        if (node.type === 'BlockStatement' && node.inverse) visit(node.inverse.body);
      }
    }
  };
  visit(program.body);

  const segments: Segment[] = [];
  const add = (start: number, end: number, node?: Statement) => {
    if (end <= start) return;
    const mustache = node?.type === 'MustacheStatement' ? { root: rootOf(node.path), hasArguments: node.params.length > 0 || (node.hash?.pairs.length ?? 0) > 0, raw: !node.escaped } : undefined;
    segments.push({ start, end, source: source.slice(start, end), ...(mustache ? { mustache } : {}) });
  };
  let at = 0;
  for (const range of [...content, ...leaves].sort((a, b) => a.start - b.start || a.end - b.end)) {
    // Tags of blocks; the backslash of an escaped `\{{` belongs to the text, though the lexer leaves it between tokens.
    if (range.start > at) add(at, source[range.start - 1] === '\\' ? range.start - 1 : range.start);
    if (range.node && range.node.type !== 'ContentStatement') add(Math.max(at, range.start), range.end, range.node);
    at = Math.max(at, range.end);
  }
  add(at, source.length);
  return segments;
}

/** Two characters that do not occur in a source: an HTML parser takes them for letters, whatever they cover. */
export interface Mask {
  readonly first: string;
  readonly rest: string;
}

export function maskFor(source: string): Mask {
  const free: string[] = [];
  // The private use area has 6,400 characters; a source that used nearly all of them would find none, and masks then clash harmlessly.
  for (let code = 0xe000; code < 0xf8ff && free.length < 2; code++) {
    const c = String.fromCharCode(code);
    if (!source.includes(c)) free.push(c);
  }
  return { first: free[0] ?? '\ue000', rest: free[1] ?? '\ue001' };
}

/** The source with every piece of Handlebars covered, each character by one, so that offsets stay. */
export function masked(source: string, segments: readonly Segment[], mask: Mask): string {
  let out = '';
  let at = 0;
  for (const { start, end } of segments) {
    out += source.slice(at, start) + mask.first + mask.rest.repeat(end - start - 1);
    at = end;
  }
  return out + source.slice(at);
}

/** Puts the pieces back into a part of the masked text that lies in [start, end), entities decoded or not. */
export function unmask(text: string, mask: Mask, segments: readonly Segment[], start: number, end: number): string {
  const inside = segments.filter((s) => s.start >= start && s.end <= end);
  let n = 0;
  return text.replace(new RegExp(`${mask.first}${mask.rest}*`, 'g'), (run) => inside[n++]?.source ?? run);
}
