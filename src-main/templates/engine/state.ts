import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { EmailField } from '../../../src-preload/contract/template.js';
import type { Random } from '../../platform/random.js';
import type { RenderExtras } from '../types.js';
import type { Value } from './value.js';

/**
 * Limits of one field's rendering. They count work, not milliseconds, so that a message renders alike on a slow machine and on a fast one.
 * 50,000 steps take some 10 ms; an honest newsletter needs a few hundred.
 */
export const renderLimits = { steps: 50_000, outputCharacters: 2_000_000, helperCharacters: 100_000, depth: 40, listItems: 15 } as const;

/** Where a path starts: the data at hand, the scope around it, loop variables and block parameters. */
export interface Scope {
  readonly context: Value;
  readonly parent: Scope | undefined;
  readonly loop: Readonly<Record<string, Value>> | undefined;
  readonly params: Readonly<Record<string, Value>> | undefined;
  /** What `{{> @partial-block}}` draws. */
  readonly partialBlock: ((state: RenderState, scope: Scope) => void) | undefined;
}

/** What to do about a missing value: send nothing (throw), or note it and draw its name. */
export type OnMissing = (variable: string) => Value;

/** One rendering of one field for one person. */
export class RenderState {
  out = '';
  #steps = 0;
  #depth = 0;
  constructor(
    readonly field: EmailField,
    readonly root: Value,
    readonly extras: RenderExtras,
    readonly onMissing: OnMissing,
    /** Previews and checks: what a helper cannot use is noted as missing instead of failing the message. */
    readonly lenient: boolean,
    readonly tools: { readonly now: () => number; readonly random: Random },
  ) {}

  /** Counts one unit of work. */
  step(): void {
    if (++this.#steps > renderLimits.steps) this.#over('steps', renderLimits.steps);
  }
  /** Runs `work` one level deeper: blocks and partials. */
  deeper(work: () => void): void {
    if (++this.#depth > renderLimits.depth) this.#over('depth', renderLimits.depth);
    work();
    this.#depth--;
  }
  write(text: string): void {
    this.out += text;
    if (this.out.length > renderLimits.outputCharacters) this.#over('outputCharacters', renderLimits.outputCharacters);
  }
  /** Gives the text `work` writes instead of writing it. */
  capture(work: () => void): string {
    const before = this.out;
    this.out = '';
    work();
    const text = this.out;
    this.out = before;
    return text;
  }
  /** Refuses a helper's result that is too long before it is made. */
  checkLength(characters: number): void {
    if (characters > renderLimits.helperCharacters) this.#over('helperCharacters', renderLimits.helperCharacters);
  }
  #over(limit: string, most: number): never {
    throw new HeliographError('RENDER_LIMIT', { field: this.field, limit, most });
  }
}
