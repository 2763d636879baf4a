import { demographicFields, locationFields } from '../../src-preload/contract/endpoint.js';
import { isHeliographError } from '../../src-preload/contract/errors.js';
import { type ContentProblem, emailFields, type EmailContent, type EmailField, emptyEmail, gmailClipBytes, type TemplateVariable } from '../../src-preload/contract/template.js';
import { compileEmail } from './compile.js';
import { variableName, variableParts } from './engine/environment.js';
import { isKnownRoot } from './engine/expressions.js';
import { type HtmlSource, placeOf, readHtml } from './html/rewrite.js';
import type { UrlAttribute } from './html/scan.js';

/** Mail programs on phones show some 40 characters of a subject, on desks some 70. */
const longSubjectCharacters = 70;

type Place = { readonly line: number; readonly column: number };

function problem(code: ContentProblem['code'], severity: ContentProblem['severity'], field: EmailField, detail: ContentProblem['detail'] = {}, at?: Place): ContentProblem {
  return { code, severity, field, detail, ...(at ?? {}) };
}

/** What a field's template has against being compiled, or the variables it uses. Each field by itself, so that one mistake hides no other. */
function compileField(content: EmailContent, field: EmailField): { problems: ContentProblem[]; variables: readonly TemplateVariable[] } {
  try {
    const { variables } = compileEmail({ ...emptyEmail, [field]: content[field], defaultSubstitutions: content.defaultSubstitutions }, { lenient: true });
    return { problems: [], variables: variables.filter((variable) => variable.field === field) };
  } catch (error) {
    if (!isHeliographError(error) || error.code !== 'TEMPLATE_SYNTAX') throw error;
    const { line, column, reason, field: _field, ...rest } = error.detail;
    const detail = Object.fromEntries(Object.entries({ ...rest, reason }).filter((entry): entry is [string, string | number] => typeof entry[1] === 'string' || typeof entry[1] === 'number'));
    const code = reason === 'unknown_helper' || reason === 'unknown_partial' ? 'unknown_helper' : 'syntax';
    return { problems: [problem(code, 'error', field, detail, { line: Number(line), column: Number(column) })], variables: [] };
  }
}

const freeRoots = new Set(['Attributes', 'Metrics', 'Heliograph']);
const fixedFields: Readonly<Record<string, readonly string[]>> = { Demographic: demographicFields, Location: locationFields, User: ['UserId', 'UserAttributes'] };

/** Whether a person could have such a value. Attribute names are free. */
export function couldExist(path: string): boolean {
  const [root = '', second] = variableParts(path);
  if (!isKnownRoot(root)) return false;
  const fields = fixedFields[root];
  return freeRoots.has(root) || !fields || second === undefined || fields.includes(second);
}

/** Where a variable stands first: its last part as a whole word, behind a dot or bracket where the path has more parts. */
function placeOfVariable(source: string, path: string): Place | undefined {
  const parts = variableParts(path);
  const last = (parts.at(-1) ?? path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const before = parts.length > 1 ? '(?<=[.[])' : '(?<![\\w$.-])';
  const match = new RegExp(`\\{\\{[^}]*?${before}${last}(?![\\w$-])`).exec(source);
  return match ? placeOf(source, match.index) : undefined;
}

function variableProblems(content: EmailContent, variables: readonly TemplateVariable[]): ContentProblem[] {
  const unknown = variables
    .filter((variable) => !variable.hasDefault && !couldExist(variable.path))
    .map((variable) => problem('unknown_variable', 'error', variable.field, { variable: variable.path, ...suggestion(variable.path) }, placeOfVariable(content[variable.field], variable.path)));
  const ours = emailFields.flatMap((field) =>
    Array.from(content[field].matchAll(/\{\{[^}]*?Heliograph\.([\w.]*)/g))
      .filter((match) => match[1] !== 'UnsubscribeUrl' && match[1] !== 'ConfirmUrl' && match[1] !== 'PostalAddress')
      .map((match) => problem('unknown_variable', 'error', field, { variable: `Heliograph.${match[1]}` }, placeOf(content[field], match.index))),
  );
  const used = new Set(variables.map((variable) => variable.path));
  const unused = Object.keys(content.defaultSubstitutions ?? {})
    .filter((path) => !used.has(variableName(variableParts(path))))
    .map((path) => problem('default_unused', 'advice', 'html', { variable: path }));
  return [...unknown, ...ours, ...unused];
}

/** `{{FirstName}}` is nearly always meant as the user's attribute. */
function suggestion(path: string): { readonly meant?: string } {
  const parts = variableParts(path);
  return parts.length === 1 && !isKnownRoot(parts[0] ?? '') ? { meant: `User.UserAttributes.${path}` } : {};
}

const pictureTags: ReadonlySet<string> = new Set(['img', 'source', 'video', 'input']);
/** A picture as such or as a background. */
const isPicture = ({ tag, name }: UrlAttribute): boolean => name === 'background' || pictureTags.has(tag);

const saysUnsubscribe = (source: string) => source.includes('Heliograph.UnsubscribeUrl');

function htmlProblems(html: HtmlSource): ContentProblem[] {
  const { source, facts } = html;
  const found: ContentProblem[] = [];
  const add = (code: ContentProblem['code'], severity: ContentProblem['severity'], offset: number, detail: ContentProblem['detail'] = {}) =>
    found.push(problem(code, severity, 'html', detail, placeOf(source, offset)));
  for (const { attribute, address } of html.addresses) {
    const url = attribute.value.trim().slice(0, 300);
    const isLink = attribute.name === 'href';
    if (address.kind === 'personal-host') add('personalised_link_host', 'error', attribute.start, { url });
    else if (address.kind === 'bad') add('bad_link', 'error', attribute.start, { url });
    else if (address.kind === 'relative') add(isLink ? 'relative_link' : 'relative_image', 'warning', attribute.start, { url });
    else if (isPicture(attribute) && address.kind === 'fixed-host' && address.base.startsWith('http:')) add('insecure_image', 'warning', attribute.start, { url });
    else if (isLink && address.kind === 'tracked' && address.base.startsWith('http:')) add('insecure_link', 'advice', attribute.start, { url });
  }
  for (const offset of facts.imagesWithoutAlt) add('image_without_alt', 'warning', offset);
  for (const offset of facts.scripts) add('script', 'warning', offset);
  for (const { tag, at } of facts.embedded) add('dropped_element', 'warning', at, { tag });
  for (const { tag, at } of facts.forms) add('form', 'warning', at, { tag });
  for (const segment of html.segments) {
    const inUrl = facts.urls.some((url) => segment.start >= url.start && segment.end <= url.end);
    if (segment.mustache?.raw && !inUrl && segment.mustache.root !== 'Heliograph') add('unescaped_value', 'warning', segment.start, { text: segment.source });
  }
  const bytes = Buffer.byteLength(source, 'utf8');
  if (bytes > 100 * 1024) found.push(problem('html_too_big', 'warning', 'html', { kilobytes: Math.ceil(bytes / 1024), most: Math.floor(gmailClipBytes / 1024) }));
  return found;
}

/**
 * Everything that can be said about an e-mail without a person: mistakes, what the law and mail programs ask for, and slips of the pen.
 * Errors forbid a launch. Ordered by severity, then by place.
 */
export function checkContent(content: EmailContent): ContentProblem[] {
  const found: ContentProblem[] = [];
  const fields = emailFields.map((field) => compileField(content, field));
  found.push(...fields.flatMap(({ problems }) => problems));
  found.push(...variableProblems(content, fields.flatMap(({ variables }) => variables)));

  // What values will add is not known; what is written counts.
  const written = Array.from(content.subject.replace(/\{\{[^}]*\}\}/g, '')).length;
  if (content.subject.trim() === '') found.push(problem('subject_missing', 'error', 'subject'));
  else if (written > longSubjectCharacters) found.push(problem('subject_long', 'advice', 'subject', { characters: written }));

  const hasHtml = content.html.trim() !== '';
  const hasText = content.text.trim() !== '';
  if (!hasHtml && !hasText) found.push(problem('body_missing', 'error', 'html'));
  else {
    const main: EmailField = hasHtml ? 'html' : 'text';
    if (!saysUnsubscribe(content[main])) found.push(problem('unsubscribe_missing', 'error', main));
    else if (hasHtml && hasText && !saysUnsubscribe(content.text)) found.push(problem('text_without_unsubscribe', 'warning', 'text'));
    if (!content[main].includes('Heliograph.PostalAddress')) found.push(problem('postal_address_missing', 'warning', main));
  }
  if (hasHtml && !fields.some(({ problems }) => problems.some((p) => p.field === 'html' && p.code === 'syntax'))) found.push(...htmlProblems(readHtml(content.html)));

  const rank = { error: 0, warning: 1, advice: 2 } as const;
  return found.sort((a, b) => rank[a.severity] - rank[b.severity] || emailFields.indexOf(a.field) - emailFields.indexOf(b.field) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}
