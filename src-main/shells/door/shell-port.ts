import type { Logger } from '../../platform/logger.js';
import type { ShellPort } from '../../platform/shell.js';
import type { Exchange } from './exchange.js';

/** What whoever comes through the door can be offered: files to fetch and files they sent. A browser tab and the command line have nothing native. */
export function createDoorShell(exchange: Exchange, log: Logger): ShellPort {
  return {
    offerFile: (path, name) => Promise.resolve({ kind: 'download', url: exchange.offer(path, name) }),
    resolveUpload: (id) => exchange.resolveUpload(id),
    releaseUpload: (id) => exchange.releaseUpload(id),
    notify: (title) => log.info('notice', { title }),
  };
}
