import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { TrackedLink } from '../../../src-preload/contract/template.js';
import { lineStartsOf, parseTemplate, type Position, type Program, syntaxError } from '../engine/ast.js';
import { type Draw, type Environment, VariableUses } from '../engine/environment.js';
import { compileProgram, partHelper } from '../engine/statements.js';
import { encodeUrlText, escapeHtml, escapeUrlAttribute } from '../engine/value.js';
import { type Address, classify } from './address.js';
import { type HtmlFacts, scanHtml, type UrlAttribute } from './scan.js';
import { type Mask, masked, maskFor, type Segment, segmentsOf } from './segments.js';

/** HTML looked through once: the ground for compiling, checking and making text. */
export interface HtmlSource {
  readonly source: string;
  readonly program: Program;
  readonly segments: readonly Segment[];
  readonly mask: Mask;
  readonly facts: HtmlFacts;
  readonly addresses: readonly { readonly attribute: UrlAttribute; readonly address: Address }[];
}

/** Throws `TEMPLATE_SYNTAX`. */
export function readHtml(source: string): HtmlSource {
  const program = parseTemplate(source, 'html');
  const segments = segmentsOf(source, program);
  const mask = maskFor(source);
  const facts = scanHtml(source, masked(source, segments, mask), segments, mask);
  return { source, program, segments, mask, facts, addresses: facts.urls.map((attribute) => ({ attribute, address: classify(attribute, mask) })) };
}

/** The 1-based place of an offset. */
export function placeOf(source: string, offset: number): { line: number; column: number } {
  const starts = lineStartsOf(source);
  let line = starts.length;
  while (line > 1 && starts[line - 1]! > offset) line--;
  return { line, column: offset - starts[line - 1]! + 1 };
}

/** Mail programs show the first words of the body beside the subject: these, and then nothing of the body (the filler keeps it out). */
const preheaderFiller = '&#847;&zwnj;&nbsp;'.repeat(40);
const hidden = 'display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;color:transparent;mso-hide:all';

export interface CompiledHtml {
  readonly draw: Draw;
  readonly links: readonly TrackedLink[];
}

/**
 * Compiles HTML with its addresses taken apart: each tracked link's value is replaced by a part that renders the target, asks `extras.link` for the
 * tracked address and writes it as an attribute's value. Throws `TEMPLATE_SYNTAX`, `PERSONALISED_LINK_HOST`.
 */
export function compileHtml(html: HtmlSource, env: Environment, options: { readonly preheader: Draw | undefined; readonly lenient: boolean }): CompiledHtml {
  const reserved = html.segments.find((segment) => segment.source.includes(partHelper));
  if (reserved) throw syntaxError('html', 'unknown_helper', position(html.source, reserved.start), { name: partHelper });

  // Once as written, so that mistakes are told at the place where the author sees them.
  compileProgram(html.program, { ...env, uses: new VariableUses() });

  const links: TrackedLink[] = [];
  const parts: Draw[] = [];
  const edits: { start: number; end: number; text: string }[] = [];
  const part = (draw: Draw) => `{{{${partHelper} ${parts.push(draw) - 1}}}}`;
  const inner: Environment = { ...env, parts };

  for (const { attribute, address } of html.addresses) {
    const draw = drawAddress(attribute, address, html, env, links, options.lenient);
    if (draw) edits.push({ start: attribute.start, end: attribute.end, text: attribute.quoted ? part(draw) : `"${part(draw)}"` });
  }
  const { preheader } = options;
  if (preheader) {
    const draw: Draw = (state, scope) => {
      const text = state.capture(() => preheader(state, scope)).trim();
      if (text !== '') state.write(`<div style="${hidden}">${escapeHtml(text)}${preheaderFiller}</div>`);
    };
    edits.push({ start: html.facts.bodyStart, end: html.facts.bodyStart, text: part(draw) });
  }
  const pixel: Draw = (state) => {
    const url = state.extras.openPixelUrl;
    if (url !== undefined) state.write(`<img src="${escapeUrlAttribute(url)}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">`);
  };
  edits.push({ start: html.facts.bodyEnd, end: html.facts.bodyEnd, text: part(pixel) });

  let rewritten = '';
  let at = 0;
  for (const edit of edits.sort((a, b) => a.start - b.start)) {
    rewritten += html.source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return { draw: compileProgram(parseTemplate(rewritten + html.source.slice(at), 'html'), inner), links };
}

function position(source: string, offset: number): Position {
  const { line, column } = placeOf(source, offset);
  return { line, column: column - 1 };
}

/** How an address is drawn, or undefined when it may stay as written. */
function drawAddress(attribute: UrlAttribute, address: Address, html: HtmlSource, env: Environment, links: TrackedLink[], lenient: boolean): Draw | undefined {
  const personal = attribute.masked.includes(html.mask.first);
  const at = position(html.source, attribute.start);
  const compiled = (source: string, channel: Environment['channel']) => compileProgram(parseInside(source, at), { ...env, channel });
  switch (address.kind) {
    case 'unsubscribe': {
      const draw = compiled(attribute.value.trim(), 'url-text');
      return (state, scope) => state.write(escapeUrlAttribute(state.capture(() => draw(state, scope))));
    }
    case 'tracked': {
      const { index } = links[links.push({ index: links.length, url: attribute.value.trim(), text: attribute.text }) - 1]!;
      const target = personal ? compiled(address.rest, 'url') : undefined;
      const fixed = address.base + (personal ? '' : encodeUrlText(address.rest) || '/');
      return (state, scope) => {
        const url = target ? fixed + state.capture(() => target(state, scope)) : fixed;
        state.write(escapeUrlAttribute(state.extras.link ? state.extras.link({ index, url }) : url));
      };
    }
    case 'fixed-host': {
      if (!personal) return undefined;
      const rest = compiled(address.rest, 'url');
      return (state, scope) => state.write(escapeUrlAttribute(address.base + state.capture(() => rest(state, scope))));
    }
    case 'personal': {
      const whole = compiled(attribute.value.trim(), 'url-text');
      return (state, scope) => {
        const url = state.capture(() => whole(state, scope)).trim();
        const allowed = attribute.name === 'href' ? /^(https?:\/\/|mailto:|tel:|sms:)/i : /^(https?:\/\/|cid:)/i;
        // A person's data must not become a script or a local file.
        if (!allowed.test(url)) {
          if (state.lenient) return;
          throw new HeliographError('RENDER_FAILED', { field: 'html', helper: attribute.name, expected: 'web address' });
        }
        state.write(escapeUrlAttribute(url));
      };
    }
    case 'personal-host':
      if (lenient) return undefined;
      throw new HeliographError('PERSONALISED_LINK_HOST', { field: 'html', url: attribute.value.trim(), line: at.line, column: at.column + 1 });
    case 'other': {
      if (!personal) return undefined;
      const rest = compiled(attribute.value.trim(), 'url');
      return (state, scope) => state.write(escapeUrlAttribute(state.capture(() => rest(state, scope))));
    }
    case 'bad':
    case 'relative':
      return undefined;
  }
}

/** Parses an address by itself: a block that opens in it must close in it. */
function parseInside(source: string, at: Position): Program {
  try {
    return parseTemplate(source, 'html');
  } catch (error) {
    throw syntaxError('html', 'syntax', at, { message: 'A block must open and close inside the address.' }, error);
  }
}
