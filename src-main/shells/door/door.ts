import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { timingSafeEqual } from 'node:crypto';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import { pipeline } from 'node:stream/promises';
import type { Context } from '../../api/context.js';
import { appRouter } from '../../api/router.js';
import { isHeliographError } from '../../../src-preload/contract/errors.js';
import type { Logger } from '../../platform/logger.js';
import type { Random } from '../../platform/random.js';
import type { Exchange } from './exchange.js';

/**
 * The loopback door that both shells open (design 4): the contract over a WebSocket, uploads and downloads, and in the headless shell the screens too.
 * A request must come to the address we listen on (Host), from our own page (Origin) and with the token of this start: as a cookie for a browser, as
 * `Authorization: Bearer` for the command line, which sends no Origin.
 */
export interface Door {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly token: string;
  /** What a person opens: sets the cookie and shows the program. */
  readonly entry: string;
  close(): Promise<void>;
}

export interface DoorOptions {
  readonly port: number;
  readonly context: Context;
  readonly exchange: Exchange;
  /** The built screens; null where a window shows them another way. */
  readonly renderer: string | null;
  readonly random: Random;
  readonly log: Logger;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.map': 'application/json',
};

/** For pages of ours; the page's own CSP meta says the rest. */
const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

export async function openDoor(options: DoorOptions): Promise<Door> {
  const { random, log, exchange, renderer } = options;
  const token = random.bytes(32).toString('base64url');
  let port = 0;
  const origin = () => `http://127.0.0.1:${port}`;
  // Cookies know no ports: without the number in its name, two instances on one machine would sign each other out.
  const cookieName = () => `heliograph_${port}`;

  const isToken = (given: string | undefined): boolean => {
    const a = Buffer.from(given ?? '');
    const b = Buffer.from(token);
    return a.length === b.length && timingSafeEqual(a, b);
  };
  const cookieOf = (request: IncomingMessage) => new RegExp(`(?:^|; )${cookieName()}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];
  const bearerOf = (request: IncomingMessage) => /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const rightHost = (request: IncomingMessage) => request.headers.host === `127.0.0.1:${port}`;
  /** Allowed to change something: our own page with the cookie, or a program on this machine with the token. */
  const mayAct = (request: IncomingMessage) =>
    rightHost(request) && ((request.headers.origin === origin() && isToken(cookieOf(request))) || (request.headers.origin === undefined && isToken(bearerOf(request))));

  const refuse = (response: ServerResponse, status: number, text: string) => response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...securityHeaders }).end(`${text}\n`);

  function serveFile(response: ServerResponse, pathname: string): void {
    if (!renderer) return void refuse(response, 404, 'Nothing is shown here.');
    const path = join(renderer, normalize(pathname === '/' ? '/index.html' : pathname));
    if (!path.startsWith(renderer + sep) || !existsSync(path) || !statSync(path).isFile()) return void refuse(response, 404, 'No such page.');
    const fixed = pathname.startsWith('/assets/');
    response.writeHead(200, {
      'content-type': contentTypes[extname(path)] ?? 'application/octet-stream',
      'cache-control': fixed ? 'public, max-age=31536000, immutable' : 'no-store',
      ...securityHeaders,
    });
    pipeline(createReadStream(path), response).catch((error: unknown) => log.info('a page was not fetched to its end', { error }));
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!rightHost(request)) return void refuse(response, 403, 'This program answers only on its own address.');
    const url = new URL(request.url ?? '/', origin());
    const pathname = decodeURIComponent(url.pathname);
    if (request.method === 'GET' && pathname === '/' && url.searchParams.has('token')) {
      if (!isToken(url.searchParams.get('token') ?? '')) return void refuse(response, 403, 'This link belongs to an earlier start. Use the address printed at this one.');
      const cookie = `${cookieName()}=${token}; HttpOnly; SameSite=Strict; Path=/`;
      return void response.writeHead(302, { 'set-cookie': cookie, location: '/', 'cache-control': 'no-store', ...securityHeaders }).end();
    }
    if (request.method === 'PUT' && pathname === '/upload') {
      if (!mayAct(request)) return void refuse(response, 403, 'Not allowed.');
      const id = await exchange.receive(request, url.searchParams.get('name') ?? 'upload');
      return void response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id }));
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return void refuse(response, 405, 'Not allowed.');
    if (!isToken(cookieOf(request)) && !isToken(bearerOf(request))) return void refuse(response, 403, 'Open the address that Heliograph printed when it started: it carries the key to this page.');
    const download = /^\/download\/([\w-]+)$/.exec(pathname)?.[1];
    if (download) return void exchange.send(download, response);
    serveFile(response, pathname);
  }

  const server: Server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      log.warn('door request failed', { error });
      if (!response.headersSent) refuse(response, isHeliographError(error) ? 400 : 500, isHeliographError(error) ? error.code : 'Something went wrong.');
      else response.destroy();
    });
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024 });
  server.on('upgrade', (request, socket, head) => {
    // Node takes its own listener off at an upgrade: a client that resets must not end the program.
    socket.on('error', () => socket.destroy());
    if (!mayAct(request) || new URL(request.url ?? '/', origin()).pathname !== '/trpc') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
  });
  const trpc = applyWSSHandler({ wss: sockets, router: appRouter, createContext: () => options.context });

  // An error event that nobody hears ends the program: too many open files while it accepts, for one.
  server.on('error', (error) => log.error('the door reports an error', { error }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  port = (server.address() as AddressInfo).port;
  return {
    url: origin(),
    token,
    entry: `${origin()}/?token=${token}`,
    close: async () => {
      trpc.broadcastReconnectNotification();
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
