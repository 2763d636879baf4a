import { create } from 'zustand';
import type { ReopenProblem } from '../../src-preload/contract/workspace.js';
import { errorToast } from '../ui/toasts.js';
import { errorShape } from './errors.js';

/** What the window says while the workspace is exchanged under it, between the old one and the new one none is open; and the folder that refused last. */
export const useSwitching = create<{ readonly what: string | undefined; readonly refused: ReopenProblem | undefined }>(() => ({ what: undefined, refused: undefined }));

/** Runs what closes one workspace and opens another, in `folder` where that is known. A failure is a toast, because the screen that asked is gone by then. */
export function switchWorkspace(what: string, run: () => Promise<unknown>, folder?: string): void {
  useSwitching.setState({ what, refused: undefined });
  run()
    .catch((error: unknown) => {
      errorToast(error);
      if (folder !== undefined) useSwitching.setState({ refused: { folder, error: errorShape(error) } });
    })
    .finally(() => useSwitching.setState({ what: undefined }));
}
