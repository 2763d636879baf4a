import { create } from 'zustand';
import { errorToast } from '../ui/toasts.js';

/** What the window says while the workspace is exchanged under it: between the old one and the new one none is open. */
export const useSwitching = create<{ readonly what: string | undefined }>(() => ({ what: undefined }));

/** Runs what closes one workspace and opens another. A failure is a toast, because the screen that asked is gone by then. */
export function switchWorkspace(what: string, run: () => Promise<unknown>): void {
  useSwitching.setState({ what });
  run()
    .catch(errorToast)
    .finally(() => useSwitching.setState({ what: undefined }));
}
