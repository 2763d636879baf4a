import type { AddressInfo } from 'node:net';
import { createHmac, type KeyObject } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { UnsubscribePage } from '../../src-preload/contract/collector.js';
import { pickLanguage, unsubscribeTextsFor } from '../../src-preload/contract/collector.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { EngagementFact, outcomeOperations, TopicsPage } from '../delivery/outcomes/index.js';
import { type LinkToken, maxTokenLength, publicKeyRing, type TokenKind, verifyToken } from '../delivery/token.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import { type Random, uuidv7 } from '../platform/random.js';
import type { Writers } from '../store/operation.js';
import { createAddressLimiter } from './address-limiter.js';
import { createBatcher } from './batcher.js';
import { confirmPageHtml, pageSecurityPolicy, type PageText, unsubscribePageHtml } from './page.js';

/** What the collector needs from outside. */
export interface CollectorPorts {
  /** Acts as the recipient. */
  readonly write: Writers<{ outcomes: typeof outcomeOperations }>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Waits `ms`, or until the signal aborts, whichever is first. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What may change while it runs. */
export interface CollectorConfig {
  /** SPKI DER by key id: every key a link may still be signed with. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly page: UnsubscribePage;
  /** Shown above the unsubscribe question; may be empty. */
  readonly senderName: string;
  /** Proves in the round trip that this very collector answered. */
  readonly proofKey: Uint8Array;
}

export interface Collector {
  /** Binds and answers where it listens. Port 0 takes a free one. Throws `COLLECTOR_UNAVAILABLE`. */
  listen(host: string, port: number): Promise<{ url: string; port: number }>;
  configure(config: CollectorConfig): void;
  /** Takes no new requests, writes what waits, closes. */
  close(): Promise<void>;
}

/** A reader who clicked is not kept longer than this, whatever the disk does; the fact is still written when it can be. */
const patienceMs = 2_000;
/** A preference form names every topic twice (`topicLimit`, 43 bytes each), as shown and as ticked. */
const bodyLimit = 8 * 1024;
const limits = { perSecond: 200, burst: 1_000, maxAddresses: 20_000, maxBatch: 500, maxWaiting: 20_000, maxConnections: 2_000 };

/** A transparent GIF of one pixel. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** The proof that a round trip reached this collector: HMAC-SHA-256 over method and nonce. */
export function reachabilityProof(proofKey: Uint8Array, method: 'GET' | 'POST', nonce: string): string {
  return createHmac('sha256', proofKey).update(`heliograph reachability ${method} ${nonce}`).digest('base64url');
}

export function createCollector(ports: CollectorPorts, initial: CollectorConfig): Collector {
  const { clock, log, random } = ports;
  let config = initial;
  let keys: ReadonlyMap<string, KeyObject> = publicKeyRing(config.keys);
  const facts = createBatcher<EngagementFact>({
    write: (batch) => ports.write.outcomes.recordEngagement(batch, { priority: 'collector' }),
    maxBatch: limits.maxBatch,
    maxWaiting: limits.maxWaiting,
  });
  const callers = createAddressLimiter({ clock, ...limits });

  const app = fastify({
    logger: false,
    // Only a proxy on this machine may say who called; a stranger's X-Forwarded-For is not believed.
    trustProxy: 'loopback',
    bodyLimit,
    exposeHeadRoutes: false,
    requestTimeout: 10_000,
    connectionTimeout: 15_000,
    keepAliveTimeout: 5_000,
    http: { maxHeaderSize: 16 * 1024, headersTimeout: 10_000 },
    // What the router itself refuses (an overlong or badly encoded address) would echo the address in JSON.
    frameworkErrors: (error, _request, reply) => void reply.raw.writeHead(error.statusCode ?? 400, { 'content-type': 'text/plain; charset=utf-8' }).end('The request was not accepted.\n'),
    routerOptions: { maxParamLength: maxTokenLength + 8 },
  });
  app.server.maxConnections = limits.maxConnections;

  // Any body is read as text: RFC 8058 allows form and multipart, and an odd client must not lose its unsubscribe to a 415.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    });
    if (!callers.allow(request.ip)) return reply.code(429).header('retry-after', '5').type('text/plain').send('Too many requests.\n');
  });
  app.setNotFoundHandler((_request, reply) => notFound(reply));
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error('collector request failed', { error });
    return reply.code(status).type('text/plain').send(status >= 500 ? 'Something went wrong.\n' : 'The request was not accepted.\n');
  });

  const notFound = (reply: FastifyReply) => reply.code(404).type('text/plain; charset=utf-8').send('This link does not lead anywhere. It may have been cut or changed on its way.\n');
  const readToken = (request: FastifyRequest, kind: TokenKind): LinkToken | undefined => {
    const { token } = request.params as { token: string };
    const read = verifyToken(keys, kind === 'open' ? token.replace(/\.gif$/, '') : token);
    return read?.kind === kind ? read : undefined;
  };
  const checked = (kind: TokenKind, answer: (token: LinkToken, request: FastifyRequest, reply: FastifyReply) => unknown) => (request: FastifyRequest, reply: FastifyReply) => {
    const token = readToken(request, kind);
    return token ? answer(token, request, reply) : notFound(reply);
  };
  const origin = (request: FastifyRequest) => ({ userAgent: clean(request.headers['user-agent']), ip: request.ip });
  const record = async (kind: 'open' | 'click', token: LinkToken, request: FastifyRequest): Promise<void> => {
    const { run, seq, test, link, target } = token;
    const at = clock.now();
    const stop = new AbortController();
    const written = facts.add({ uid: uuidv7(at, random), kind, run, seq, test, link, target, at, ...origin(request) }).then(
      () => undefined,
      // The reader still gets their page; what was lost is said in the log.
      (error: unknown) => log.error('an engagement fact was not recorded', { kind, error }),
    );
    await Promise.race([written, ports.wait(patienceMs, stop.signal)]);
    stop.abort();
  };

  const sendPixel = (reply: FastifyReply) => reply.type('image/gif').send(pixel);
  app.get('/o/:token', checked('open', async (token, request, reply) => {
    await record('open', token, request);
    return sendPixel(reply);
  }));
  app.head('/o/:token', checked('open', (_token, _request, reply) => sendPixel(reply)));

  // The parsed form is plain ASCII, which is what a Location header may hold.
  const redirect = (token: LinkToken, reply: FastifyReply) => reply.code(302).header('location', new URL(token.target).href).send();
  app.get('/c/:token', checked('click', async (token, request, reply) => {
    await record('click', token, request);
    return redirect(token, reply);
  }));
  app.head('/c/:token', checked('click', (token, _request, reply) => redirect(token, reply)));

  const page = (request: FastifyRequest, reply: FastifyReply, html: (text: PageText) => string) => {
    const language = pickLanguage(request.headers['accept-language'] ?? '', config.page.fallback);
    return reply
      .header('content-security-policy', pageSecurityPolicy)
      .header('content-language', language)
      .header('vary', 'accept-language')
      .type('text/html; charset=utf-8')
      .send(html({ texts: unsubscribeTextsFor(config.page, language), language, from: config.senderName }));
  };
  /** Which topic the message is about and how its address stands to all of them; nothing where that cannot be known now: the page must come and unsubscribe all the same. */
  const topicsOf = async ({ run, seq, test }: LinkToken): Promise<TopicsPage> => {
    const stop = new AbortController();
    const none: TopicsPage = { topic: null, topics: [], stopped: false };
    const known = ports.write.outcomes.topicsPage({ run, seq, test }, { priority: 'collector' }).catch((error: unknown) => {
      log.error('topics could not be read for a page', { error });
      return none;
    });
    const found = await Promise.race([known, ports.wait(patienceMs, stop.signal).then(() => none)]);
    stop.abort();
    return found;
  };
  const actOf = (token: LinkToken, request: FastifyRequest, via: 'page' | 'one_click') => {
    const at = clock.now();
    return { uid: uuidv7(at, random), run: token.run, seq: token.seq, test: token.test, via, at, ...origin(request) };
  };
  const busy = (reply: FastifyReply) => reply.code(503).header('retry-after', '120');
  const html = (reply: FastifyReply) => reply.type('text/html; charset=utf-8').send();

  app.get('/u/:token', checked('unsubscribe', async (token, request, reply) => {
    const of = await topicsOf(token);
    return page(request, reply, (text) => unsubscribePageHtml('question', text, of));
  }));
  app.head('/u/:token', checked('unsubscribe', (_token, _request, reply) => html(reply)));
  app.post('/u/:token', checked('unsubscribe', async (token, request, reply) => {
    const body = typeof request.body === 'string' ? request.body : '';
    const oneClick = /List-Unsubscribe["'\s]*=?[\s\S]{0,80}One-Click/i.test(body);
    const form = new URLSearchParams(oneClick ? '' : body);
    const action = form.get('action');
    const act = actOf(token, request, oneClick ? 'one_click' : 'page');
    const { outcomes } = ports.write;
    try {
      if (action === 'undo') {
        const undone = await outcomes.undoUnsubscribe(act, { priority: 'claim' });
        const of = await topicsOf(token);
        return page(request, reply, (text) => unsubscribePageHtml(undone, text, of));
      }
      if (action === 'preferences') {
        const saved = await outcomes.savePreferences({ ...act, shown: form.getAll('shown'), topics: form.getAll('topic') }, { priority: 'claim' });
        const of = await topicsOf(token);
        return page(request, reply, (text) => unsubscribePageHtml(saved, text, of));
      }
      const result = await outcomes.unsubscribe({ ...act, all: action === 'unsubscribe' }, { priority: 'claim' });
      // A mail program reads only the status: an authentic token is 200 even when its message is long gone (RFC 8058, field.md 3).
      if (oneClick) return reply.code(200).type('text/plain; charset=utf-8').send('Unsubscribed.\n');
      const of = await topicsOf(token);
      const done = of.topic !== null && action !== 'unsubscribe' ? 'left' : 'done';
      return page(request, reply, (text) => unsubscribePageHtml(result === 'already' || result === 'done' ? done : result, text, of));
    } catch (error) {
      log.error('an unsubscribe was not recorded', { error });
      return page(request, busy(reply), (text) => unsubscribePageHtml('busy', text));
    }
  }));

  // A scanner that follows links confirms nothing: the page asks, and only its button acts.
  const askToConfirm = async (token: LinkToken, request: FastifyRequest, reply: FastifyReply) => {
    const { topic } = await topicsOf(token);
    return page(request, reply, (text) => confirmPageHtml('question', text, topic));
  };
  app.get('/y/:token', checked('confirm', askToConfirm));
  app.head('/y/:token', checked('confirm', (_token, _request, reply) => html(reply)));
  app.post('/y/:token', checked('confirm', async (token, request, reply) => {
    if (new URLSearchParams(typeof request.body === 'string' ? request.body : '').get('action') !== 'confirm') return askToConfirm(token, request, reply);
    try {
      const result = await ports.write.outcomes.confirmTopic(actOf(token, request, 'page'), { priority: 'claim' });
      const { topic } = await topicsOf(token);
      return page(request, reply, (text) => confirmPageHtml(result, text, topic));
    } catch (error) {
      log.error('a confirmation was not recorded', { error });
      return page(request, busy(reply), (text) => confirmPageHtml('busy', text, null));
    }
  }));

  app.get('/health', (_request, reply) => reply.send({ status: 'ok' }));
  const prove = (method: 'GET' | 'POST') => (request: FastifyRequest, reply: FastifyReply) => {
    const { nonce } = request.params as { nonce: string };
    if (!/^[A-Za-z0-9_-]{16,64}$/.test(nonce)) return notFound(reply);
    return reply.send({ proof: reachabilityProof(config.proofKey, method, nonce) });
  };
  app.get('/.well-known/heliograph/:nonce', prove('GET'));
  app.post('/.well-known/heliograph/:nonce', prove('POST'));

  return {
    async listen(host, port) {
      try {
        await app.listen({ host, port });
      } catch (cause) {
        throw new HeliographError('COLLECTOR_UNAVAILABLE', { host, port, message: listenProblem(cause, port) }, { cause });
      }
      const bound = app.server.address() as AddressInfo;
      return { url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`, port: bound.port };
    },
    configure(next) {
      keys = publicKeyRing(next.keys);
      config = next;
    },
    async close() {
      await closeServer(app);
      await facts.drain();
    },
  };
}

/** Idle keep-alive connections are cut, requests in flight are answered. */
async function closeServer(app: FastifyInstance): Promise<void> {
  app.server.closeIdleConnections();
  await app.close();
}

function listenProblem(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE') return `Port ${port} is in use by another program, perhaps another Heliograph or the workspace this one was copied from.`;
  if (code === 'EACCES') return `Port ${port} needs administrator rights.`;
  if (code === 'EADDRNOTAVAIL') return 'This computer does not have that address.';
  return error instanceof Error ? error.message : String(error);
}

/** A header as it may be stored: at most 500 characters, no control characters. */
function clean(header: string | undefined): string {
  return (header ?? '').slice(0, 500).replace(/\p{Cc}/gu, ' ');
}
