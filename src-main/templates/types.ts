import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import type { EmailField, RenderedEmail, TemplateVariable, TrackedLink } from '../../src-preload/contract/template.js';
import type { Clock } from '../platform/clock.js';
import type { Random } from '../platform/random.js';

/** What a rendering needs beside the person. */
export interface RenderExtras {
  /** `{{Heliograph.UnsubscribeUrl}}`: https, or mailto: where nothing is reachable. Never tracked. */
  readonly unsubscribeUrl: string;
  /** `{{Heliograph.ConfirmUrl}}`: where a person confirms a topic; a missing value in every other message. Never tracked. */
  readonly confirmUrl?: string;
  /** `{{Heliograph.PostalAddress}}`: one or more lines. */
  readonly postalAddress: string;
  /** Gives the tracked address for a link; without it links lead straight to their target. `url` is the target with this person's values, URL-encoded. */
  readonly link?: (link: { readonly index: number; readonly url: string }) => string;
  /** The 1x1 image that tells of an open; without it there is none. */
  readonly openPixelUrl?: string;
}

export interface CompileOptions {
  /** What `{{now}}` says. */
  readonly clock?: Pick<Clock, 'now'>;
  /** What `{{uuid}}` draws from. */
  readonly random?: Random;
  /** Draw what can be drawn: links that may not be sent (personalised host) stay as they are instead of throwing. For previews, never for sending. */
  readonly lenient?: boolean;
}

export interface MissingValue {
  readonly variable: string;
  readonly field: EmailField;
}

/** An e-mail compiled once and rendered for many people. Holds no person's data, so it may be kept as long as its content is pinned. */
export interface CompiledEmail {
  /**
   * Throws `HeliographError`: `MISSING_VARIABLE` {variable, field} when this person lacks a value without default, `RENDER_LIMIT` {field, limit} when
   * the template does too much work or grows too large.
   */
  render(view: EndpointView, extras: RenderExtras): RenderedEmail;
  /** Every value that `render` would miss for this person, each (variable, field) once. Same path through conditions and loops as `render`. */
  missing(view: EndpointView): readonly MissingValue[];
  /** As `render`, but a missing value is drawn as its name in brackets and nothing is thrown for it: previews only. */
  renderWithHoles(view: EndpointView, extras: RenderExtras): { readonly email: RenderedEmail; readonly missing: readonly MissingValue[] };
  readonly links: readonly TrackedLink[];
  readonly variables: readonly TemplateVariable[];
  /** The plain-text template in use: the content's own, or the one made from the HTML. */
  readonly textSource: string;
}
