/** Values a template meets: JSON data of the person, literals, and what helpers return. */
export type Value = unknown;

/** Control characters that no mail may carry; tab and line breaks stay. */
 
const controlCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
const htmlUnsafe = /[&<>"'`=\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;  
const htmlUnsafeAll = /[&<>"'`=\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;  
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#x27;', '`': '&#x60;', '=': '&#x3D;' };

/**
 * A step down a path. Own properties of plain data only: nothing of a prototype, ever, and no letters of a string, so that `Location.City.[0]`
 * is missing rather than "P".
 */
export function step(value: Value, key: string): Value {
  if (value === null || typeof value !== 'object') return undefined;
  if (Array.isArray(value)) {
    if (key === 'length') return value.length;
    return /^\d{1,5}$/.test(key) ? (value as readonly Value[])[Number(key)] : undefined;
  }
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, Value>>)[key] : undefined;
}

/** No value, or one that would leave a hole: nothing, blanks only, an empty list, a list of such. Zero and false are values. */
export function isBlank(value: Value): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (typeof value === 'number') return Number.isNaN(value);
  return Array.isArray(value) && value.every(isBlank);
}

/** What conditions ask: blank values, false and 0 are not true (Handlebars' rule, with lists looked into). The word "false" is true, as in Pinpoint. */
export function isTrue(value: Value, includeZero = false): boolean {
  if (isBlank(value) || value === false) return false;
  if (value === 0) return includeZero;
  return !(Array.isArray(value) && value.length === 1) || isTrue(value[0], includeZero);
}

/** As text: a list of one is its value, longer lists are joined by ", " without their blanks. Objects have no text. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value.replace(controlCharacters, '');
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    return (value as readonly Value[])
      .filter((item) => !isBlank(item))
      .map(textOf)
      .join(', ');
  }
  return '';
}

/** As a number, or undefined: lists of one are looked into, text may have blanks around. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) return value.length === 1 ? numberOf(value[0]) : undefined;
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** The characters Handlebars escapes, so that a value is text in HTML and in a quoted attribute; control characters go. */
export function escapeHtml(text: string): string {
  return htmlUnsafe.test(text) ? text.replace(htmlUnsafeAll, (c) => entities[c] ?? '') : text;
}

/** An URL as an attribute's value: it needs fewer entities than free text, and stays readable for mail programs that look for links themselves. */
export function escapeUrlAttribute(url: string): string {
  return url.replace(/[&<>"']/g, (c) => entities[c] ?? '');
}

/** One component of an URL. Lone surrogates, which `encodeURIComponent` refuses, become U+FFFD. */
export function encodeUrlComponent(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A whole URL or a part with structure (`{{{...}}}`): what cannot stand in an URL is encoded, `/ ? & = # %` stay. */
export function encodeUrlText(text: string): string {
  return encodeURI(text.toWellFormed()).replaceAll('%25', '%').replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A header's value is one line: breaks and other control characters become one space. */
export function singleLine(text: string): string {
   
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
}
