import { Parser } from 'htmlparser2';
import { type Mask, type Segment, unmask } from './segments.js';

/** An attribute that holds an address, with the place of its value in the source. */
export interface UrlAttribute {
  readonly tag: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** Entities decoded, Handlebars still masked. */
  readonly masked: string;
  /** Entities decoded, Handlebars as written. */
  readonly value: string;
  /** `data-no-track` or Pinpoint's `ses:no-track` stands on the tag. */
  readonly noTrack: boolean;
  /** For `<a>`: the words of the link, or its picture's alternative text. */
  readonly text: string;
}

export interface TagPlace {
  readonly tag: string;
  readonly at: number;
}

/** What a look through the HTML finds. Offsets are into the source. */
export interface HtmlFacts {
  readonly urls: readonly UrlAttribute[];
  /** Right after `<body ...>`, or 0. */
  readonly bodyStart: number;
  /** Right before `</body>`, or the end. */
  readonly bodyEnd: number;
  readonly imagesWithoutAlt: readonly number[];
  readonly scripts: readonly number[];
  /** Frames and plug-ins, which mail programs remove. */
  readonly embedded: readonly TagPlace[];
  /** Forms, and fields outside of any. */
  readonly forms: readonly TagPlace[];
}

const urlAttributes = new Set(['href', 'src', 'background', 'action', 'poster', 'formaction']);

const embeddedTags = new Set(['iframe', 'frame', 'object', 'embed', 'applet']);
const fieldTags = new Set(['input', 'select', 'textarea', 'button']);

interface OpenLink {
  readonly urls: UrlAttribute[];
  text: string;
}

/** Reads masked HTML as a mail program would. Links inside conditional comments (Outlook's VML buttons) are comments here: they stay as written. */
export function scanHtml(source: string, maskedHtml: string, segments: readonly Segment[], mask: Mask): HtmlFacts {
  const urls: UrlAttribute[] = [];
  const imagesWithoutAlt: number[] = [];
  const scripts: number[] = [];
  const embedded: TagPlace[] = [];
  const forms: TagPlace[] = [];
  let inForm = false;
  let bodyStart = 0;
  let bodyEnd: number | undefined;
  let attributes: { name: string; value: string; start: number; end: number; quoted: boolean }[] = [];
  let link: OpenLink | undefined;
  const closeLink = () => {
    if (link) for (const url of link.urls) urls.push({ ...url, text: link.text.replace(/\s+/g, ' ').trim() });
    link = undefined;
  };

  const parser = new Parser({
    onopentagname: () => {
      attributes = [];
    },
    onattribute: (name, value, quote) => {
      const from = parser.startIndex;
      const raw = maskedHtml.slice(from, parser.endIndex);
      const equals = raw.indexOf('=');
      if (equals < 0 || quote === undefined) {
        attributes.push({ name, value: '', start: from, end: from, quoted: true });
      } else if (quote) {
        const open = raw.indexOf(quote, equals);
        attributes.push({ name, value, start: from + open + 1, end: from + raw.lastIndexOf(quote), quoted: true });
      } else {
        const open = equals + 1 + (/^\s*/.exec(raw.slice(equals + 1))?.[0].length ?? 0);
        attributes.push({ name, value, start: from + open, end: from + raw.trimEnd().length, quoted: false });
      }
    },
    onopentag: (tag, all, implied) => {
      if (implied) return;
      const at = parser.startIndex;
      const has = (name: string) => Object.hasOwn(all, name);
      if (tag === 'body' && bodyStart === 0) bodyStart = parser.endIndex + 1;
      if (tag === 'script' || attributes.some(({ name }) => /^on[a-z]+$/.test(name))) scripts.push(at);
      if (embeddedTags.has(tag)) embedded.push({ tag, at });
      if (tag === 'form' || (fieldTags.has(tag) && !inForm)) forms.push({ tag, at });
      if (tag === 'form') inForm = true;
      if (tag === 'img') {
        if (!has('alt')) imagesWithoutAlt.push(at);
        const alt = attributes.find(({ name }) => name === 'alt');
        if (link && alt && link.text.trim() === '') link.text = unmask(alt.value, mask, segments, alt.start, alt.end);
      }
      const noTrack = has('data-no-track') || has('ses:no-track');
      const found = attributes
        .filter(({ name }) => urlAttributes.has(name))
        .map(({ name, value, start, end, quoted }): UrlAttribute => ({ tag, name, start, end, quoted, noTrack, masked: value, value: unmask(value, mask, segments, start, end), text: '' }));
      if (tag === 'a') {
        closeLink();
        link = { urls: found, text: '' };
      } else urls.push(...found);
    },
    ontext: (data) => {
      if (!link) return;
      link.text += data.includes(mask.first) ? unmask(data, mask, segments, parser.startIndex, parser.endIndex + 1) : data;
    },
    onclosetag: (tag, implied) => {
      if (tag === 'a') closeLink();
      if (tag === 'form') inForm = false;
      if (tag === 'body' && !implied) bodyEnd = parser.startIndex;
    },
  });
  parser.write(maskedHtml);
  parser.end();
  closeLink();
  urls.sort((a, b) => a.start - b.start);
  return { urls, bodyStart, bodyEnd: bodyEnd ?? source.length, imagesWithoutAlt, scripts, embedded, forms };
}
