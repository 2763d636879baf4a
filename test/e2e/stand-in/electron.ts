/**
 * A stand-in for the `electron` module: as much of it as our shell uses, over a real Chromium page driven by Playwright. Anything not modelled throws, so
 * that the shell cannot come to lean on it unseen. What it does not prove is listed in README ("What the stand-in does not prove").
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page, type Route } from '@playwright/test';

type Listener = (value: unknown) => void;

/** Throws on every name that is not modelled. */
function strict<T extends object>(name: string, value: T): T {
  return new Proxy(value, {
    get(target, key, receiver) {
      if (key in target || typeof key === 'symbol' || key === 'then') return Reflect.get(target, key, receiver) as unknown;
      throw new Error(`electron stand-in: ${name}.${String(key)} is not modelled`);
    },
  });
}

/** What the test reads and sets: the page behind the window, and what was asked of the system. */
export const control = {
  context: undefined as BrowserContext | undefined,
  windows: [] as BrowserWindow[],
  openedExternally: [] as string[],
  saveTo: undefined as string | undefined,
  privileged: [] as { scheme: string }[],
};

const pageOrigin = 'http://app.stand-in';
const schemes = new Map<string, (request: Request) => Promise<Response>>();
/** Pages cannot be shown under a scheme of our own, so they are shown under one http address and their URLs translated back. */
const toAppUrl = (url: string) => url.replace(`${pageOrigin}/`, `${control.privileged[0]?.scheme ?? 'none'}://main/`);

/**
 * Waits for what is done to a page, whatever of it fails because the page, or the whole browser, closed meanwhile: then there is nobody to answer. Without this a slow
 * machine ends the stand-in by a rejection that nobody handles, while a request of a closing page is still being answered.
 */
async function unlessClosed(page: Page, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const closed = page.isClosed() || (error instanceof Error && error.message.includes('has been closed'));
    if (!closed) throw error;
  }
}

const argsOfRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

class App extends EventEmitter {
  isPackaged = true;
  requestSingleInstanceLock() {
    return true;
  }
  getPath(name: string) {
    return join(process.env['STAND_IN_HOME'] ?? '', name);
  }
  async whenReady() {
    const browser = await chromium.launch({
      executablePath: process.env['HELIOGRAPH_BROWSER'],
      args: [...argsOfRoot, '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--remote-debugging-port=${process.env['STAND_IN_PORT']}`],
    });
    control.context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await control.context.grantPermissions([]);
  }
  quit() {
    let prevented = false;
    this.emit('before-quit', { preventDefault: () => (prevented = true) });
    if (prevented) return;
    this.emit('will-quit', { preventDefault: () => undefined });
    this.exit(0);
  }
  exit(code: number) {
    const closed = control.context?.browser()?.close() ?? Promise.resolve();
    void closed.catch(() => undefined).then(() => process.exit(code));
  }
}
const theApp = new App();
export const app = strict('app', theApp);

export const ipcMain = strict('ipcMain', new EventEmitter());

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged: (list: { scheme: string }[]) => void control.privileged.push(...list),
  handle: (scheme: string, handler: (request: Request) => Promise<Response>) => void schemes.set(scheme, handler),
});

type PermissionHandler = (contents: { getURL(): string }, permission: string, answer: (allowed: boolean) => void) => void;
export const permissions = { request: undefined as PermissionHandler | undefined };
export const session = strict('session', {
  defaultSession: strict('session', {
    setPermissionRequestHandler: (handler: PermissionHandler) => void (permissions.request = handler),
    setPermissionCheckHandler: () => undefined,
  }),
});

export const shell = strict('shell', { openExternal: (url: string) => Promise.resolve(void control.openedExternally.push(url)) });

export const safeStorage = strict('safeStorage', {
  isAsyncEncryptionAvailable: () => Promise.resolve(true),
  getSelectedStorageBackend: () => 'gnome_libsecret',
  encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(`sealed:${Buffer.from(text).reverse().toString('base64')}`)),
  decryptStringAsync: (sealed: Buffer) => Promise.resolve({ shouldReEncrypt: false, result: Buffer.from(sealed.toString().slice('sealed:'.length), 'base64').reverse().toString() }),
});

export const dialog = strict('dialog', {
  showSaveDialog: (_window: unknown, _options: unknown) => Promise.resolve(control.saveTo ? { canceled: false, filePath: control.saveTo } : { canceled: true, filePath: '' }),
  showOpenDialog: () => Promise.resolve({ canceled: true, filePaths: [] }),
});

export const Menu = strict('Menu', { buildFromTemplate: (template: unknown) => template, setApplicationMenu: () => undefined });

export class Notification {
  static isSupported() {
    return false;
  }
  show() {}
}

/** What a sandboxed, isolated preload finds: `electron` with its three modules, and nothing of Node. */
const preloadGlue = (source: string) => `(() => {
  if (window !== window.top) return;
  const listeners = new Map();
  window.__deliver = (channel, message) => { for (const listener of listeners.get(channel) ?? []) listener({}, message); };
  const electron = {
    contextBridge: { exposeInMainWorld: (name, value) => Object.defineProperty(window, name, { value: Object.freeze(value), configurable: false }) },
    ipcRenderer: {
      send: (channel, message) => { void window.__send(channel, structuredClone(message)); },
      on: (channel, listener) => { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]); },
      removeListener: (channel, listener) => { listeners.set(channel, (listeners.get(channel) ?? []).filter((other) => other !== listener)); },
    },
    webUtils: { getPathForFile: () => '' },
  };
  const require = (name) => { if (name === 'electron') return electron; throw new Error('a sandboxed preload cannot require ' + name); };
  ((require, module, exports) => { ${source}\n })(require, { exports: {} }, {});
})()`;

class WebContents extends EventEmitter {
  page: Page | undefined;
  readonly id: number;
  openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  constructor(id: number) {
    super();
    this.id = id;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
    this.openHandler = handler;
  }
  isDestroyed() {
    return this.page?.isClosed() ?? false;
  }
  getURL() {
    return toAppUrl(this.page?.url() ?? '');
  }
  send(channel: string, message: unknown) {
    const cloned = structuredClone(message);
    void this.page?.evaluate(([c, m]) => (window as unknown as { __deliver: (c: string, m: unknown) => void }).__deliver(c, m), [channel, cloned] as const).catch(() => undefined);
  }
}

interface WindowOptions {
  readonly webPreferences?: { readonly preload?: string; readonly sandbox?: boolean; readonly contextIsolation?: boolean; readonly nodeIntegration?: boolean; readonly webSecurity?: boolean };
}

let nextId = 1;
export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents;
  readonly #preload: string | undefined;
  constructor(options: WindowOptions = {}) {
    super();
    const preferences = options.webPreferences ?? {};
    if (preferences.sandbox !== true || preferences.contextIsolation !== true || preferences.nodeIntegration !== false || preferences.webSecurity === false) {
      throw new Error('electron stand-in: unsafe webPreferences');
    }
    this.#preload = preferences.preload;
    this.webContents = strict('webContents', new WebContents(nextId++));
    control.windows.push(this);
    theApp.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url: string) {
    const { context } = control;
    if (!context) throw new Error('electron stand-in: a window before the app was ready');
    const page = await context.newPage();
    this.webContents.page = page;
    const address = url.replace(/^[a-z-]+:\/\/main\//, `${pageOrigin}/`);
    await page.exposeBinding('__send', ({ frame }, channel: string, message: unknown) => {
      const senderFrame = { url: toAppUrl(frame.url()), parent: frame.parentFrame() ? {} : null };
      ipcMain.emit(channel, { sender: this.webContents, senderFrame }, message);
    });
    if (this.#preload) await page.addInitScript(preloadGlue(readFileSync(this.#preload, 'utf8')));
    let first = true;
    const answer = async (route: Route) => {
      const request = route.request();
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
        if (!first) {
          let prevented = false;
          this.webContents.emit('will-navigate', { url: toAppUrl(request.url()), preventDefault: () => (prevented = true) });
          // As a navigation that is cancelled: the page stays. Any other error would show Chromium's error page.
          if (prevented) return route.abort('aborted');
        }
        first = false;
        this.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
      }
      return serve(route);
    };
    await page.route('**/*', (route) => unlessClosed(page, answer(route)));
    page.on('popup', (popup) => {
      this.webContents.openHandler({ url: popup.url() });
      void unlessClosed(popup, popup.close());
    });
    page.on('close', () => {
      this.emit('closed');
      if (control.windows.every((window) => window.webContents.isDestroyed())) theApp.emit('window-all-closed');
    });
    // Not until it has loaded to its end: a navigation that a test begins before that (and that is refused) would fail this one, and Electron's does not fail by it.
    await unlessClosed(page, page.goto(address, { waitUntil: 'commit' }));
    this.emit('ready-to-show');
  }
  show() {}
  focus() {}
  restore() {}
  isMinimized() {
    return false;
  }
  override once(name: string, listener: Listener) {
    return super.once(name, listener);
  }
}

/** Answers a page's request from the handler of our scheme; everything else has no way out. */
async function serve(route: Route): Promise<void> {
  const url = toAppUrl(route.request().url());
  const handler = schemes.get(url.split(':')[0] ?? '');
  if (!handler) return route.abort();
  const response = await handler(new Request(url.replace(/^[a-z-]+:/, 'http:'), { method: route.request().method() }));
  await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.from(await response.arrayBuffer()) });
}

export default { app, ipcMain, protocol, session, shell, safeStorage, dialog, Menu, Notification, BrowserWindow };
