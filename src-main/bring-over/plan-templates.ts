import { type BringOverNote } from '../../src-preload/contract/bring-over.js';
import { emailContent, type EmailContent } from '../../src-preload/contract/template.js';
import { checkContent } from '../templates/index.js';
import { uidOf } from './ids.js';
import { CannotCarry, note } from './note.js';
import type { ListedTemplate, PinpointEmailTemplate } from './pinpoint.js';
import type { Found, Left } from './found.js';

export interface PlannedTemplate {
  readonly name: string;
  readonly uid: string;
  readonly file: string;
  /** Oldest first. */
  readonly versions: readonly EmailContent[];
  /** Pinpoint's version -> its place in `versions`, from 1. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly notes: readonly BringOverNote[];
}

/** Values that defaults may nest: `{"User":{"UserAttributes":{"Name":"friend"}}}` and `{"User.UserAttributes.Name":"friend"}` say the same. */
function flatten(value: object, prefix: string, into: Record<string, string>): void {
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (Array.isArray(item)) into[path] = item.filter(isScalar).join(', ');
    else if (isScalar(item)) into[path] = String(item);
    else if (typeof item === 'object' && item !== null) flatten(item, path, into);
  }
}

const isScalar = (item: unknown): item is string | number | boolean => typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean';

function defaultsOf(text: string | undefined): { defaults: Record<string, string>; notes: BringOverNote[] } {
  const defaults: Record<string, string> = {};
  if (text === undefined || text.trim() === '') return { defaults, notes: [] };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      flatten(value, '', defaults);
      return { defaults, notes: [] };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { defaults, notes: [note('defaults_unusable', { text: text.slice(0, 200) })] };
}

export interface EmailParts {
  readonly subject: string | undefined;
  readonly html: string | undefined;
  readonly text: string | undefined;
  readonly defaults?: string | undefined;
  readonly headers?: readonly { readonly Name?: string | undefined }[] | undefined;
}

const problemsShown = 5;

/** An e-mail as it is written here. Throws `CannotCarry` where it is longer than an e-mail may be. */
export function emailOf(parts: EmailParts): { content: EmailContent; notes: BringOverNote[] } {
  const { defaults, notes } = defaultsOf(parts.defaults);
  const parsed = emailContent.safeParse({
    subject: parts.subject ?? '',
    preheader: '',
    fromName: '',
    replyTo: '',
    html: parts.html ?? '',
    text: parts.text ?? '',
    ...(Object.keys(defaults).length > 0 ? { defaultSubstitutions: defaults } : {}),
  });
  if (!parsed.success) throw new CannotCarry(note('template_too_long', { message: parsed.error.issues[0]?.message ?? '' }));
  const headers = (parts.headers ?? []).flatMap(({ Name }) => Name ?? []);
  if (headers.length > 0) notes.push(note('headers', { names: headers.join(', ') }));
  // What this workspace asks of every message is the review's to say; here only what Pinpoint could do and this engine cannot.
  const wrong = checkContent(parsed.data).filter(({ code }) => code === 'syntax' || code === 'unknown_helper' || code === 'unknown_variable');
  for (const { code, field, detail, line } of wrong.slice(0, problemsShown)) notes.push(note('template_problem', { ...detail, problem: code, field, ...(line === undefined ? {} : { line }) }));
  return { content: parsed.data, notes };
}

const order = (version: string | undefined) => (version === undefined || Number.isNaN(Number(version)) ? Number.MAX_SAFE_INTEGER : Number(version));

/** E-mail templates with their versions in order. What `list-templates` names without its content being there is told as left. */
export function planTemplates(found: readonly Found<PinpointEmailTemplate>[], listed: readonly Found<ListedTemplate>[], other: ReadonlySet<string>): { planned: PlannedTemplate[]; left: Left[] } {
  const byName = new Map<string, Found<PinpointEmailTemplate>[]>();
  for (const one of found) {
    const versions = byName.get(one.value.TemplateName) ?? [];
    if (versions.some(({ value }) => value.Version === one.value.Version)) continue;
    byName.set(one.value.TemplateName, [...versions, one].sort((a, b) => order(a.value.Version) - order(b.value.Version)));
  }
  const planned: PlannedTemplate[] = [];
  const left: Left[] = [];
  for (const [name, versions] of byName) {
    const { file } = versions.at(-1)!;
    try {
      planned.push({ name, uid: uidOf('template', name), file, ...versionsOf(versions) });
    } catch (error) {
      if (!(error instanceof CannotCarry)) throw error;
      left.push({ id: name, name, file, left: error.note });
    }
  }
  const named = new Set<string>();
  for (const { file, value } of listed) {
    if (byName.has(value.TemplateName) || other.has(value.TemplateName) || named.has(value.TemplateName)) continue;
    named.add(value.TemplateName);
    left.push({ id: value.TemplateName, name: value.TemplateName, file, left: note('template_content_missing', { type: value.TemplateType }) });
  }
  return { planned, left };
}

function versionsOf(found: readonly Found<PinpointEmailTemplate>[]): Pick<PlannedTemplate, 'versions' | 'numbers' | 'notes'> {
  const numbers = new Map<string, number>();
  let notes: BringOverNote[] = [];
  const versions = found.map(({ value }, index) => {
    const made = emailOf({ subject: value.Subject, html: value.HtmlPart, text: value.TextPart, defaults: value.DefaultSubstitutions, headers: value.Headers });
    // The newest is what a message would say; older ones are history.
    notes = value.RecommenderId === undefined ? made.notes : [...made.notes, note('recommender')];
    if (value.Version !== undefined) numbers.set(value.Version, index + 1);
    return made.content;
  });
  return { versions, numbers, notes };
}
