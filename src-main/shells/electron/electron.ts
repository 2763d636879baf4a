import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, safeStorage, session, shell } from 'electron';
import type { Context } from '../../api/context.js';
import { createHost } from '../../app/host.js';
import { systemClock } from '../../platform/clock.js';
import { createLogger } from '../../platform/logger.js';
import { systemRandom } from '../../platform/random.js';
import { openDoor } from '../door/door.js';
import { announceDoor } from '../door/door-file.js';
import { createExchange } from '../door/exchange.js';
import { createDoorShell } from '../door/shell-port.js';
import { appOrigin, registerAppScheme, serveApp } from './app-protocol.js';
import { attachIpc } from './ipc-link.js';
import { guardPermissions, lockDown } from './lockdown.js';
import { setMenu } from './menu.js';
import { safeStorageBox } from './safe-storage-box.js';
import { createElectronShell } from './shell-port.js';

/** The same policy as the page's own meta tag, as a header (checklist 7: define a Content-Security-Policy). */
const csp = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https: http://127.0.0.1:* http://localhost:*; font-src 'self' data:; connect-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'";

/** Runs the desktop program until it quits. `out` is the folder of the built entry: preload and screens lie beside it. One instance a user: a second start shows the first one's window. */
export function runElectron(out: string): void {
  registerAppScheme();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  const log = createLogger((line) => process.stderr.write(`${line}\n`), () => systemClock.now());
  const developmentUrl = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
  const ours = (url: string) => URL.canParse(url) && (url.startsWith(`${appOrigin}/`) || (developmentUrl !== undefined && new URL(url).origin === new URL(developmentUrl).origin));
  lockDown(app, shell, ours, log);

  let window: BrowserWindow | undefined;
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });

  void app.whenReady().then(async () => {
    setMenu(process.platform);
    guardPermissions(session.defaultSession, ours);
    serveApp(join(out, '../renderer'), csp);
    const box = await safeStorageBox(safeStorage, process.platform);
    const host = createHost({
      clock: systemClock,
      random: systemRandom,
      log,
      configFolder: app.getPath('userData'),
      documentsFolder: join(app.getPath('documents'), 'Heliograph'),
      boxFor: () => box,
    });
    const shellPort = createElectronShell(() => window);
    const context: Context = { host, shell: shellPort, log };
    const exchange = createExchange(systemRandom, systemClock);
    // Whoever comes through the door (the command line) gets files to fetch, not the window's dialogs.
    const door = await openDoor({ port: 0, context: { host, shell: createDoorShell(exchange, log), log }, exchange, renderer: null, random: systemRandom, log });
    const silence = announceDoor(host, door, log);

    const show = async () => {
      const created = new BrowserWindow({
        width: 1280,
        height: 800,
        minWidth: 720,
        minHeight: 480,
        show: false,
        webPreferences: { preload: join(out, '../preload/index.cjs'), sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true },
      });
      window = created;
      const detach = attachIpc({ ipcMain, window: created, context, mayAsk: ours, log });
      created.once('ready-to-show', () => created.show());
      created.once('closed', () => {
        detach();
        if (window === created) window = undefined;
      });
      await created.loadURL(developmentUrl ?? `${appOrigin}/`);
    };

    await host.reopen();
    await show();
    app.on('activate', () => {
      if (!window) void show();
    });

    let closing = false;
    let closed = false;
    app.on('before-quit', (event) => {
      if (closed) return;
      // Quit waits for messages in flight to be answered and for the store to close (design 4); then it goes through.
      event.preventDefault();
      if (closing) return;
      closing = true;
      silence();
      void door
        .close()
        .then(() => host.stop())
        .catch((error: unknown) => log.error('closing failed', { error }))
        .finally(() => {
          closed = true;
          exchange.close();
          app.quit();
        });
    });
    app.on('window-all-closed', () => {
      if (process.platform !== 'darwin') app.quit();
    });
  }).catch((error: unknown) => {
    // A program without a window must not hold the single-instance lock.
    log.error('the program could not start', { error });
    app.exit(1);
  });
}
