import type { BringOverNote } from '../../src-preload/contract/bring-over.js';

/** A value and the file it was found in. */
export interface Found<T> {
  readonly file: string;
  readonly value: T;
}

/** What cannot be carried over, and why. */
export interface Left {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly left: BringOverNote;
}
