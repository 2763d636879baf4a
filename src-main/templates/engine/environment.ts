import type { EmailField, TemplateVariable, VariableNeed } from '../../../src-preload/contract/template.js';
import type { RenderState, Scope } from './state.js';

/** Draws a statement. */
export type Draw = (state: RenderState, scope: Scope) => void;

/**
 * How values become text where they stand: `html` escapes for text and quoted attributes, `url` percent-encodes each value, `url-text` only what an
 * URL cannot hold (the value is the URL, or a part with structure), `text` changes nothing.
 */
export type Channel = 'html' | 'url' | 'url-text' | 'text';

const strength: Readonly<Record<VariableNeed, number>> = { never: 0, sometimes: 1, always: 2 };

/** Names under which a value is known: `[0]` of a list is the list's own name, since a bare list of one renders that value. */
export function variableName(parts: readonly string[]): string {
  const kept = parts.length > 2 && parts.at(-1) === '0' ? parts.slice(0, -1) : parts;
  return kept.map((part) => (/^[A-Za-z_$][\w$-]*$/.test(part) ? part : `[${part}]`)).join('.');
}

/** Reads a path as people write it in DefaultSubstitutions: `User.UserAttributes.[Last Name].[0]`. */
export function variableParts(path: string): string[] {
  return Array.from(path.matchAll(/\[([^\]]*)\]|[^.[\]]+/g), (match) => match[1] ?? match[0]);
}

/** Collects which variables a template uses, and how badly each is needed. */
export class VariableUses {
  readonly #uses = new Map<string, { need: VariableNeed; hasDefault: boolean; field: EmailField }>();
  add(field: EmailField, path: string, need: VariableNeed, hasDefault: boolean): void {
    const key = `${field} ${path}`;
    const before = this.#uses.get(key);
    this.#uses.set(key, {
      field,
      need: before && strength[before.need] > strength[need] ? before.need : need,
      hasDefault: hasDefault || (before?.hasDefault ?? false),
    });
  }
  list(): TemplateVariable[] {
    // A default that stands only at one of two places does not cover the other.
    return Array.from(this.#uses, ([key, use]) => ({ path: key.slice(use.field.length + 1), field: use.field, hasDefault: use.hasDefault && use.need === 'never', need: use.need }));
  }
}

/** What compiling a piece of template knows of its surroundings. */
export interface Environment {
  readonly field: EmailField;
  readonly channel: Channel;
  /** DefaultSubstitutions by `variableName`. */
  readonly defaults: ReadonlyMap<string, string>;
  readonly uses: VariableUses;
  /** The path from the person to the data at hand: `[]` at the top, undefined inside loops, where it cannot be known. Outer contexts follow. */
  readonly contexts: readonly (readonly string[] | undefined)[];
  /** Block parameters in sight. */
  readonly params: ReadonlySet<string>;
  /** A missing value is asked about here (conditions, `default`), so it is nobody's hole. */
  readonly asked: boolean;
  /** Not every person gets here. */
  readonly conditional: boolean;
  /** Variables that surely have a value here, because a condition around asked for them. */
  readonly guards: ReadonlySet<string>;
  /** Inline partials in sight. They are filled after their program's other definitions, so that they can use each other. */
  readonly partials: ReadonlyMap<string, { draw: Draw | undefined }>;
  /** `{{{__part N}}}` of the rewritten HTML: links, addresses of pictures, preheader, pixel. */
  readonly parts: readonly Draw[];
}
