import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { RenderState } from '../engine/state.js';
import { numberOf, textOf, type Value } from '../engine/value.js';

/** What a helper is called with: its values in order, its named values, and the rendering around it. */
export interface HelperCall {
  readonly name: string;
  readonly args: readonly Value[];
  readonly hash: Readonly<Record<string, Value>>;
  readonly state: RenderState;
}

export interface Helper {
  /**
   * `needed`: a missing value among its arguments is missing for the message. `asked`: it asks about values, so they may be missing.
   * `fallback`: values may be missing as long as its result is not.
   */
  readonly values: 'needed' | 'asked' | 'fallback';
  /** A condition gives a boolean and may stand as a block with `else`, or inline with `yes=` and `no=`. */
  readonly condition?: true;
  readonly minimumArguments: number;
  /** Arguments (positions, names) that may be written as a bare word, as Pinpoint's guide does: `{{inflect 3 apple apples}}`, `tz=Europe/London`. */
  readonly words?: readonly (number | string)[];
  readonly run: (call: HelperCall) => Value;
}

export type Helpers = Readonly<Record<string, Helper>>;

/** A value a helper cannot work with. Detail names the helper and what it wants, never the person's value. */
export function helperFailed(call: HelperCall, expected: 'number' | 'date' | 'timezone' | 'pattern' | 'size'): HeliographError {
  return new HeliographError('RENDER_FAILED', { field: call.state.field, helper: call.name, expected });
}

/** The n-th argument as text. */
export function text(call: HelperCall, n: number): string {
  return textOf(call.args[n]);
}

/** The n-th argument as a number. Throws `RENDER_FAILED`. */
export function number(call: HelperCall, n: number): number {
  const value = numberOf(call.args[n]);
  if (value === undefined) throw helperFailed(call, 'number');
  return value;
}

/** A whole number of characters: the n-th argument or the named one. Throws `RENDER_FAILED` when it is not one, `RENDER_LIMIT` when absurd. */
export function size(call: HelperCall, n: number, name?: string): number {
  const value = numberOf(call.args[n] ?? (name === undefined ? undefined : call.hash[name]));
  if (value === undefined || !Number.isInteger(value) || value < 0) throw helperFailed(call, 'size');
  call.state.checkLength(value);
  return value;
}

/** Makes a helper that needs its values. */
export function needs(minimumArguments: number, run: Helper['run'], words?: Helper['words']): Helper {
  return { values: 'needed', minimumArguments, run, ...(words ? { words } : {}) };
}
