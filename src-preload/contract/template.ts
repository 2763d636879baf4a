import { z } from 'zod';
import { instantMs, rowId } from './common.js';

/** Pinpoint keeps 600,000 characters for all parts of an e-mail template together (pinpoint.md 9). */
export const maxEmailCharacters = 600_000;
/** Gmail cuts a message's HTML off after 102 KB, with its unsubscribe link; a warning comes a little earlier because tracked links are longer. */
export const gmailClipBytes = 102 * 1024;

/** Where in an e-mail something stands: the editor's fields, and the names that errors and problems use. */
export const emailFields = ['subject', 'preheader', 'fromName', 'replyTo', 'html', 'text'] as const;
export const emailField = z.enum(emailFields);
export type EmailField = z.infer<typeof emailField>;

/**
 * What an e-mail says. Every field is Handlebars over `EndpointView` (Pinpoint's paths) plus `Heliograph.UnsubscribeUrl` and `Heliograph.PostalAddress`.
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
  'image_without_alt',
  'relative_image',
  'unescaped_value',
  'script',
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

export interface TemplateSummary {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
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
  readonly actor: string;
  readonly subject: string;
}

export const previewDevices = ['desktop', 'phone', 'dark', 'text'] as const;
export const previewDevice = z.enum(previewDevices);
export type PreviewDevice = z.infer<typeof previewDevice>;

/** What to draw: text being edited, or a saved version. */
export const previewSource = z.union([z.object({ content: emailContent }), z.object({ template: rowId, version: z.number().int().positive().optional() })]);
/** For whom: a person of the audience, or the built-in sample person. */
export const previewRecipient = z.union([z.object({ endpoint: rowId }), z.object({ sample: z.literal(true) })]);
export const previewInput = z.object({ source: previewSource, recipient: previewRecipient, postalAddress: z.string().max(1000).default(''), now: instantMs });
export type PreviewInput = z.infer<typeof previewInput>;

export interface Preview {
  /** Null when nothing can be drawn: then `failure` says why (a missing value is filled with its name in brackets instead). */
  readonly email: RenderedEmail | null;
  readonly failure: { readonly code: string; readonly detail: Readonly<Record<string, string | number | boolean | null>> } | null;
  /** Values this person lacks; the real send would skip them. */
  readonly missing: readonly { readonly variable: string; readonly field: EmailField }[];
  readonly problems: readonly ContentProblem[];
  readonly links: readonly TrackedLink[];
  readonly variables: readonly TemplateVariable[];
  readonly recipient: { readonly endpoint: number | null; readonly address: string; readonly name: string };
}
