import { compile } from 'html-to-text';
import { findHelper } from '../helpers/index.js';
import type { HtmlSource } from './rewrite.js';
import type { Segment } from './segments.js';

const skip = { format: 'skip' } as const;
const heading = { options: { uppercase: false } } as const;

const convert = compile({
  // Lines break where people's mail programs break them: values make wrapping here a guess.
  wordwrap: false,
  selectors: [
    { selector: 'img', ...skip },
    { selector: '[style*="display:none"]', ...skip },
    { selector: '[style*="display: none"]', ...skip },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true, linkBrackets: ['(', ')'] } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, ...heading })),
  ],
});

/** A mustache for an address in text: the value must be encoded here, since nobody escapes text. */
function encoded(segment: Segment): string {
  const { mustache, source } = segment;
  const expression = /^\{\{~?\s*([^{&][^]*?)\s*~?\}\}$/.exec(source)?.[1];
  if (!mustache || mustache.raw || expression === undefined || mustache.root === 'Heliograph') return source;
  return mustache.hasArguments || findHelper(mustache.root) ? `{{encodeUrl (${expression})}}` : `{{encodeUrl ${expression}}}`;
}

/**
 * The plain-text template of an HTML template, variables and blocks kept. Links stand in brackets behind their words with their own target:
 * text is not tracked, so that what people see is where it leads.
 */
export function textFromHtml(html: HtmlSource): string {
  const { source, segments, mask, facts } = html;
  const inUrl = (segment: Segment) => facts.urls.some((url) => segment.start >= url.start && segment.end <= url.end);
  let tokens = '';
  let at = 0;
  segments.forEach((segment, index) => {
    tokens += `${source.slice(at, segment.start)}${mask.first}${index}${mask.rest}`;
    at = segment.end;
  });
  tokens += source.slice(at);
  const text = convert(tokens)
    // Written braces would be read as Handlebars in the text template.
    .replace(/(?<!\\)\{\{/g, '\\{{')
    .replace(new RegExp(`${mask.first}(\\d+)${mask.rest}`, 'g'), (_, index: string) => {
      const segment = segments[Number(index)]!;
      return inUrl(segment) ? encoded(segment) : segment.source;
    });
  return text.replace(/[ \t]+$/gm, '').replace(/\n{3,}/g, '\n\n').trim();
}
