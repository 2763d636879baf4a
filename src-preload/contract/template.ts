import { z } from 'zod';
import { type Actor, instantMs, rowId } from './common.js';
import type { ErrorShape } from './errors.js';

/** Pinpoint keeps 600,000 characters for all parts of an e-mail template together (pinpoint.md 9). */
export const maxEmailCharacters = 600_000;
/** Gmail cuts a message's HTML off after 102 KB, with its unsubscribe link; a warning comes a little earlier because tracked links are longer. */
export const gmailClipBytes = 102 * 1024;

/** Where in an e-mail something stands: the editor's fields, and the names that errors and problems use. */
export const emailFields = ['subject', 'preheader', 'fromName', 'replyTo', 'html', 'text'] as const;
export const emailField = z.enum(emailFields);
export type EmailField = z.infer<typeof emailField>;

/**
 * What an e-mail says. Every field is Handlebars over `EndpointView` (Pinpoint's paths) plus `Heliograph.UnsubscribeUrl`, `Heliograph.ConfirmUrl` and `Heliograph.PostalAddress`.
 * An empty `text` means: made from the HTML when the template is compiled. An empty `fromName` or `replyTo` means the connection's own.
 */
export const emailContent = z
  .object({
    subject: z.string().max(998),
    preheader: z.string().max(500),
    fromName: z.string().max(200),
    replyTo: z.string().max(320),
    html: z.string(),
    text: z.string(),
    /** Pinpoint's DefaultSubstitutions: path -> what to show when a person lacks the value. */
    defaultSubstitutions: z.record(z.string().min(1).max(200), z.string().max(1000)).optional(),
  })
  .refine((c) => c.html.length + c.text.length + c.subject.length + c.preheader.length <= maxEmailCharacters, {
    path: ['html'],
    message: `An e-mail may hold at most ${maxEmailCharacters.toLocaleString('en')} characters.`,
  });
export type EmailContent = z.infer<typeof emailContent>;

export const emptyEmail: EmailContent = { subject: '', preheader: '', fromName: '', replyTo: '', html: '', text: '' };

/** An e-mail as one person gets it. Single-line fields hold no CR, LF, NUL or other control character. */
export interface RenderedEmail {
  readonly subject: string;
  /** The first line that mail programs show beside the subject; it also stands hidden in `html`. */
  readonly preheader: string;
  readonly fromName: string;
  readonly replyTo: string;
  readonly html: string;
  readonly text: string;
}

/** A link of the HTML that is replaced by a tracked one, in reading order. `url` and `text` are as written, variables included. */
export interface TrackedLink {
  readonly index: number;
  readonly url: string;
  readonly text: string;
}

/**
 * `always`: every person needs a value. `sometimes`: inside a condition, a loop or a partial, so only those who get there.
 * `never`: has a default, or is only asked about (`{{#if X}}`).
 */
export type VariableNeed = 'always' | 'sometimes' | 'never';

export interface TemplateVariable {
  /** As Pinpoint writes it: `User.UserAttributes.FirstName`. */
  readonly path: string;
  readonly field: EmailField;
  readonly hasDefault: boolean;
  readonly need: VariableNeed;
}

/**
 * What can be wrong with an e-mail. Errors forbid a launch, warnings are shown before it, advice is only in the editor. The words for each are in
 * `contract/template-words.ts`.
 */
export const contentProblemCodes = [
  'syntax',
  'unknown_helper',
  'unknown_variable',
  'subject_missing',
  'body_missing',
  'unsubscribe_missing',
  'postal_address_missing',
  'personalised_link_host',
  'bad_link',
  'relative_link',
  'insecure_link',
  'insecure_image',
  'image_without_alt',
  'relative_image',
  'unescaped_value',
  'script',
  'dropped_element',
  'form',
  'html_too_big',
  'subject_long',
  'text_without_unsubscribe',
  'default_unused',
] as const;
export const contentProblemCode = z.enum(contentProblemCodes);
export type ContentProblemCode = z.infer<typeof contentProblemCode>;

export interface ContentProblem {
  readonly code: ContentProblemCode;
  readonly severity: 'error' | 'warning' | 'advice';
  readonly field: EmailField;
  /** 1-based position in the field, where the problem has one. */
  readonly line?: number;
  readonly column?: number;
  /** The names and numbers of its words: a variable, an URL, a size. */
  readonly detail: Readonly<Record<string, string | number>>;
}

/** One variable that people of an audience lack, and how many would be hit. `people` counts users, or endpoints nobody is known to own. */
export interface MissingVariable {
  readonly variable: string;
  readonly field: EmailField;
  readonly people: number;
  readonly addresses: number;
  /** Up to 20 row ids of endpoints, to look at. */
  readonly sample: readonly number[];
}

export const templateName = z.string().trim().min(1).max(128);

const uid = z.string().min(1).max(64);
const version = z.number().int().positive();

/*
 * Procedures (src-main/api/templates.ts). Templates are named by `uid`.
 *
 * templates.list           query    {deleted?}                       -> TemplateSummary[]     newest edit first
 * templates.get            query    {uid, version?}                  -> Template              NOT_FOUND
 * templates.versions       query    {uid}                            -> TemplateVersion[]     newest first
 * templates.starters       query                                     -> Starter[]
 * templates.create         mutation {name?, starter?, content?}      -> {uid, name}
 * templates.save           mutation {uid, content, expected?, newVersion?} -> {version, updatedAt, changed}   CONFLICT when it was saved since `expected`
 * templates.rename         mutation {uid, name}                      -> {updatedAt}
 * templates.duplicate      mutation {uid}                            -> {uid, name}
 * templates.remove         mutation {uid}                            -> void                  TEMPLATE_IN_USE {by}; templates.restore is its undo
 * templates.restore        mutation {uid}                            -> void
 * templates.restoreVersion mutation {uid, version}                   -> {version, updatedAt}  makes a new version that says what the old one said
 * templates.preview        query    PreviewInput                     -> Preview               drawn on a reader thread
 * templates.people         query    PreviewPeopleInput               -> PreviewPerson[]       for the recipient switcher, worst cases first
 * templates.variables      query                                     -> VariableSuggestion[]  names to insert, with an example from the audience
 */

export interface TemplateSummary {
  readonly uid: string;
  readonly name: string;
  /** The newest version. */
  readonly version: number;
  readonly subject: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
}

export interface Template extends TemplateSummary {
  readonly content: EmailContent;
}

export interface TemplateVersion {
  readonly version: number;
  readonly createdAt: number;
  readonly actor: Actor;
  readonly subject: string;
}

/** A template to begin with. */
export interface Starter {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly content: EmailContent;
}

export const templateRef = z.object({ uid });
export const templateGetInput = z.object({ uid, version: version.optional() });
export const templateCreateInput = z.object({ name: templateName.optional(), starter: z.string().max(50).optional(), content: emailContent.optional() });
export type TemplateCreateInput = z.infer<typeof templateCreateInput>;
/** `expected` is the `updatedAt` the editor began from; `newVersion` closes what was written so far and begins a version of its own. */
export const templateSaveInput = z.object({ uid, content: emailContent, expected: instantMs.optional(), newVersion: z.boolean().optional() });
export type TemplateSaveInput = z.infer<typeof templateSaveInput>;
export const templateRenameInput = z.object({ uid, name: templateName });
export const templateVersionInput = z.object({ uid, version });

/** What to draw: text being edited, or a saved template (its newest version unless one is named). */
export const previewSource = z.union([z.object({ content: emailContent }), z.object({ template: uid, version: version.optional() })]);
export type PreviewSource = z.infer<typeof previewSource>;
/** For whom: a person of the audience by the row id of the endpoint, or null for the built-in sample person. */
export const previewInput = z.object({ source: previewSource, endpoint: rowId.nullable() });
export type PreviewInput = z.infer<typeof previewInput>;

export interface Preview {
  /** Null when nothing can be drawn: `failure` says why. A missing value is drawn as its name in brackets. */
  readonly email: RenderedEmail | null;
  readonly failure: ErrorShape | null;
  /** Values this person lacks, or that a helper cannot use: the real send would leave this person out. */
  readonly missing: readonly { readonly variable: string; readonly field: EmailField }[];
  readonly problems: readonly ContentProblem[];
  readonly links: readonly TrackedLink[];
  readonly variables: readonly TemplateVariable[];
  /** The plain-text template in use, made from the HTML where the text is empty. */
  readonly textSource: string;
  readonly recipient: { readonly endpoint: number | null; readonly address: string; readonly name: string };
}

/** People to try a message on: who lacks a needed variable comes first. `variables` are the needed ones, as `Preview.variables` tells. */
export const previewPeopleInput = z.object({ variables: z.array(z.string().max(300)).max(200), search: z.string().trim().max(320), limit: z.number().int().min(1).max(100).default(40) });
export type PreviewPeopleInput = z.infer<typeof previewPeopleInput>;

export interface PreviewPerson {
  readonly endpoint: number;
  readonly address: string;
  readonly name: string;
  readonly missing: readonly string[];
}

/** A variable that can be inserted, as it is written between braces. */
export interface VariableSuggestion {
  readonly path: string;
  readonly group: 'User attributes' | 'Endpoint attributes' | 'Metrics' | 'Endpoint' | 'Location' | 'Device' | 'Message';
  readonly example: string;
}
