import type { App, Session, Shell } from 'electron';
import type { Logger } from '../../platform/logger.js';

/** What leaves for the system's browser or mail program; everything else that a page wants to open is refused. */
const openable = new Set(['https:', 'http:', 'mailto:']);

/**
 * Electron's security checklist for everything that is created, whoever creates it: no navigation away from our pages (13), no new windows (14), no webviews
 * (12), external links only for http(s) and mailto (15).
 */
export function lockDown(app: App, shell: Shell, mayShow: (url: string) => boolean, log: Logger): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (mayShow(event.url)) return;
      event.preventDefault();
      log.warn('navigation refused', { url: event.url });
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      // No program for mailto, for one: that must be neither silent nor an unhandled rejection, which ends Node.
      if (URL.canParse(url) && openable.has(new URL(url).protocol)) shell.openExternal(url).catch((error: unknown) => log.warn('link not opened', { error }));
      else log.warn('link refused', { url });
      return { action: 'deny' };
    });
  });
}

/** No permission is given but to write to the clipboard, which "Copy image" needs (checklist 5: handle permission requests). */
export function guardPermissions(session: Session, isOurs: (url: string) => boolean): void {
  session.setPermissionRequestHandler((contents, permission, answer) => answer(permission === 'clipboard-sanitized-write' && isOurs(contents.getURL())));
  session.setPermissionCheckHandler((_contents, permission, origin) => permission === 'clipboard-sanitized-write' && isOurs(origin));
}
