import { copyFile, rm } from 'node:fs/promises';
import { type BrowserWindow, dialog, Notification } from 'electron';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ShellPort } from '../../platform/shell.js';

/** Native dialogs and notifications. `window` is asked each time, since a dialog belongs to the window that is open then. */
export function createElectronShell(window: () => BrowserWindow | undefined): ShellPort {
  const parent = () => {
    const current = window();
    if (!current) throw new HeliographError('CANCELLED');
    return current;
  };
  const pick = async (properties: ('openFile' | 'openDirectory')[], title: string, extensions: readonly string[] = []) => {
    const { canceled, filePaths } = await dialog.showOpenDialog(parent(), {
      title,
      properties,
      ...(extensions.length > 0 ? { filters: [{ name: title, extensions: [...extensions] }] } : {}),
    });
    return canceled ? undefined : filePaths[0];
  };
  return {
    async offerFile(path, suggestedName) {
      const { canceled, filePath } = await dialog.showSaveDialog(parent(), { defaultPath: suggestedName });
      if (canceled || !filePath) return { kind: 'cancelled' };
      await copyFile(path, filePath);
      await rm(path, { force: true });
      return { kind: 'saved', path: filePath };
    },
    pickFolder: (title) => pick(['openDirectory'], title),
    pickFile: (title, extensions) => pick(['openFile'], title, extensions),
    // Under Electron a file comes with its path; nothing is uploaded.
    resolveUpload: () => {
      throw new HeliographError('NOT_FOUND', { what: 'upload' });
    },
    releaseUpload: () => undefined,
    notify: (title, body) => {
      if (Notification.isSupported()) new Notification({ title, body }).show();
    },
  };
}
