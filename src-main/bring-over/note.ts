import type { BringOverNote, BringOverNoteCode } from '../../src-preload/contract/bring-over.js';

export const note = (code: BringOverNoteCode, detail: BringOverNote['detail'] = {}): BringOverNote => ({ code, detail });

/** Something that cannot be carried over, and why; whoever translates the whole thing turns it into its report line. */
export class CannotCarry extends Error {
  constructor(readonly note: BringOverNote) {
    super(note.code);
  }
}
