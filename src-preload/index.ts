import { contextBridge, ipcRenderer, webUtils } from 'electron';

/**
 * The whole of what the window can reach: one message channel, and the path of a file that a person dropped or picked (Electron gives it only here,
 * https://www.electronjs.org/docs/latest/api/web-utils). Main checks the sender and parses every message.
 */
const channel = 'heliograph:trpc';

contextBridge.exposeInMainWorld('heliograph', {
  send: (message: unknown): void => ipcRenderer.send(channel, message),
  onMessage: (listener: (message: unknown) => void): (() => void) => {
    const forward = (_event: unknown, message: unknown) => listener(message);
    ipcRenderer.on(channel, forward);
    return () => ipcRenderer.removeListener(channel, forward);
  },
  pathForFile: (file: File): string => webUtils.getPathForFile(file),
});
