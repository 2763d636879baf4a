import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol } from 'electron';

/**
 * The screens come from `heliograph-app://main/`, a scheme of our own, as Electron's security checklist asks (18: avoid file://): a page loaded from
 * file:// could read any file its user can. `heliograph://` is left free for deep links.
 */
export const appScheme = 'heliograph-app';
export const appOrigin = `${appScheme}://main`;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Serves the built screens and nothing outside their folder. `csp` goes out as a header with every page. */
export function serveApp(folder: string, csp: string): void {
  protocol.handle(appScheme, async (request) => {
    const url = new URL(request.url);
    const path = join(folder, normalize(decodeURIComponent(url.pathname === '/' ? '/index.html' : url.pathname)));
    if (url.host !== 'main' || !path.startsWith(folder + sep)) return new Response('Not found', { status: 404 });
    try {
      const body = new Uint8Array(await readFile(path));
      return new Response(body, {
        headers: { 'content-type': contentTypes[extname(path)] ?? 'application/octet-stream', 'content-security-policy': csp, 'x-content-type-options': 'nosniff' },
      });
    } catch {
      return new Response('Not found', { status: 404 });
    }
  });
}
