import type { SmtpConfig, SmtpSecret } from '../../../src-preload/contract/connection.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { EmailSender, OutgoingEmail, SenderPorts, SendResult, SessionFault } from '../port.js';
import { createRateLimiter } from '../rate-limiter.js';
import { createDkimSigner } from './dkim.js';
import { type BuiltMessage, buildMessage } from './message.js';
import { explainSessionError } from './explain.js';
import { assertProtected } from './smtp-options.js';
import { openSmtpSession, SessionError, type SmtpSession } from './smtp-session.js';

/** Which fault of ours a session that did not come about shows, or false where trying again may cure it. */
function faultOf({ stage, ours, response }: SessionError): SessionFault | false {
  if (!ours || stage === 'connect') return false;
  if (stage !== 'auth') return stage;
  return response === undefined || /^535/.test(response) ? 'credentials' : 'login';
}

/** An idle connection is given back after this: servers close them anyway, and some count them. */
const idleMs = 20_000;
/** After failed connects the next try waits 1, 2, 4, ... seconds, at most this. */
const longestBackoffMs = 60_000;

/**
 * Sends over up to `config.connections` SMTP connections, opened when they are needed and reused for `maxMessagesPerConnection` messages, at the
 * pace of `messagesPerSecond`. Nothing that may have been taken is ever sent twice: the one silent second try is for a reused connection that turns out to be closed
 * before the message could start.
 * @throws HeliographError `BAD_INPUT` for settings that cannot work (no encryption where it is asked for, a DKIM key of the wrong kind).
 */
export function createSmtpSender(config: SmtpConfig, secret: SmtpSecret, ports: SenderPorts): EmailSender {
  assertProtected(config);
  const { clock, random, log } = ports;
  const limiter = createRateLimiter(config.messagesPerSecond, clock, ports.pace);
  // Amazon SES writes its own Message-ID and Date over ours.
  const skip = /\.amazonaws\.com$/i.test(config.host) ? ['message-id', 'date'] : [];
  const dkim = config.dkim && secret.dkimPrivateKey ? createDkimSigner(config.dkim, secret.dkimPrivateKey, { skip }) : undefined;
  if (config.dkim && !dkim) throw new HeliographError('BAD_INPUT', { field: 'DKIM key', message: 'The DKIM domain is set, but its private key is missing.' });

  const closing = new AbortController();
  const idle: { session: SmtpSession; leave: AbortController }[] = [];
  const open = new Set<SmtpSession>();
  const waiting: (() => void)[] = [];
  let busy = 0;
  let failures = 0;
  let nextConnectAt = 0;
  let cutOff = false;
  let drained: (() => void) | undefined;

  const takeTurn = (): Promise<void> => {
    if (busy < config.connections) {
      busy++;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const giveTurn = () => {
    const next = waiting.shift();
    if (next) return next();
    busy--;
    if (busy === 0) drained?.();
  };

  function takeIdle(): SmtpSession | undefined {
    for (let entry = idle.pop(); entry; entry = idle.pop()) {
      entry.leave.abort();
      if (entry.session.usable()) return entry.session;
    }
    return undefined;
  }

  function giveBack(session: SmtpSession): void {
    if (!session.usable()) return;
    if (closing.signal.aborted || session.sent >= config.maxMessagesPerConnection) return session.quit();
    const entry = { session, leave: new AbortController() };
    idle.push(entry);
    void ports.wait(idleMs, entry.leave.signal).then(() => {
      const at = idle.indexOf(entry);
      if (at < 0) return;
      idle.splice(at, 1);
      session.quit();
    });
  }

  async function connect(): Promise<SmtpSession> {
    // Everybody who waits here waits for the same moment, so a server that is down sees one try per connection and step.
    const pause = nextConnectAt - clock.monotonic();
    if (pause > 0) await ports.wait(pause, closing.signal);
    if (closing.signal.aborted) throw new SessionError('connect', false, 'the sender is closing', undefined);
    try {
      let opened: SmtpSession | undefined;
      const session = await openSmtpSession(config, secret, () => opened && open.delete(opened));
      if (session.usable()) open.add((opened = session));
      failures = 0;
      nextConnectAt = 0;
      return session;
    } catch (error) {
      nextConnectAt = clock.monotonic() + Math.min(longestBackoffMs, 1000 * 2 ** Math.min(failures, 10));
      failures++;
      throw error;
    }
  }

  async function deliver(message: BuiltMessage): Promise<SendResult> {
    for (let attempt = 0; ; attempt++) {
      let session = attempt === 0 ? takeIdle() : undefined;
      const reused = session !== undefined;
      if (!session) {
        try {
          session = await connect();
        } catch (error) {
          if (!(error instanceof SessionError)) throw error;
          log.warn('no connection to the mail server', { host: config.host, stage: error.stage, message: error.message });
          return { kind: 'not_sent', cause: explainSessionError(error, config).text, ours: faultOf(error) };
        }
      }
      if (cutOff) {
        session.cut('the sender was closed');
        return { kind: 'not_sent', cause: 'the sender was closed', ours: false };
      }
      if ((message.to.utf8 || message.from.utf8) && !session.smtpUtf8) {
        giveBack(session);
        throw new HeliographError('BAD_ADDRESS', { field: message.to.utf8 ? 'To' : 'From', reason: 'the mail server takes no letters beyond ASCII before the @' });
      }
      const current = session;
      const done = new AbortController();
      // The library counts silence only; a server that drips must not hold a message for ever.
      void ports.wait(config.answerTimeoutSeconds * 2000, done.signal).then(() => {
        if (!done.signal.aborted) current.cut('the server took too long');
      });
      const result = await current.send(message);
      done.abort();
      giveBack(current);
      // A server that ends an idle session crosses with our first command: its 421 was not about this message.
      const idleEnd = result.kind === 'not_sent' || (result.kind === 'refused' && result.code === 421 && !current.usable());
      if (idleEnd && reused && attempt === 0 && !closing.signal.aborted) continue;
      return result;
    }
  }

  return {
    connections: config.connections,
    async send(email: OutgoingEmail) {
      const stopped: SendResult = { kind: 'not_sent', cause: 'the sender is closing', ours: false };
      if (closing.signal.aborted) return stopped;
      const message = buildMessage(email, { random, nowMs: clock.now(), ...(dkim ? { dkim } : {}) });
      await takeTurn();
      try {
        if (closing.signal.aborted) return stopped;
        const pause = limiter.reserve();
        if (pause > 0) await ports.wait(pause, closing.signal);
        if (closing.signal.aborted) {
          limiter.refund();
          return stopped;
        }
        const result = await deliver(message);
        if (result.kind === 'not_sent') limiter.refund();
        return result;
      } finally {
        giveTurn();
      }
    },
    pace: () => limiter.state(),
    async close(graceMs = 10_000) {
      closing.abort();
      for (const entry of idle.splice(0)) {
        entry.leave.abort();
        entry.session.quit();
      }
      if (busy > 0) {
        const over = new AbortController();
        await Promise.race([
          new Promise<void>((resolve) => {
            drained = () => {
              over.abort();
              resolve();
            };
          }),
          ports.wait(graceMs, over.signal),
        ]);
      }
      cutOff = true;
      for (const session of open) session.cut('the sender was closed');
    },
  };
}
