/** Runs the built main entry over the stand-in. Commands arrive as lines on stdin, so that a test can look at what the shell asked of the system. */
import { register } from 'node:module';
import { createInterface } from 'node:readline';

register('./hooks.mjs', import.meta.url);
const { app, control, ipcMain, permissions } = await import('./electron.ts');
await import(new URL('../../../out/main/index.js', import.meta.url).href);

const commands: Record<string, (value: string) => unknown> = {
  state: () => ({ openedExternally: control.openedExternally, privileged: control.privileged, windows: control.windows.length }),
  saveTo: (value) => (control.saveTo = value),
  permission: (value) => {
    let allowed: boolean | undefined;
    permissions.request?.({ getURL: () => 'heliograph-app://main/' }, value, (answer) => (allowed = answer));
    return allowed;
  },
  stranger: (value) => {
    const [window] = control.windows;
    const senderFrame = value === 'frame' ? { url: 'heliograph-app://main/', parent: {} } : { url: 'https://example.org/', parent: null };
    return ipcMain.emit('heliograph:trpc', { sender: window?.webContents, senderFrame }, { id: 1, method: 'query', path: 'workspace.recent' });
  },
  quit: () => app.quit(),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { name, value } = JSON.parse(line) as { name: string; value: string };
  console.log(`answer ${JSON.stringify(commands[name]?.(value) ?? null)}`);
});
console.log('running');
