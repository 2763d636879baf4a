import { timingSafeEqual } from 'node:crypto';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { isPublicUrl, type ReachabilityProblem, reachabilityWords } from '../../src-preload/contract/reachability.js';
import { reachabilityProof } from './server.js';

const timeoutMs = 10_000;
/** Our own answer has 60 bytes; whoever sends more is somebody else. */
const maxAnswerBytes = 2_000;

/**
 * Asks `url` for the proof that only our collector can give, by GET and by POST (one-click unsubscribe posts). No redirect is followed: a one-click POST must not be redirected
 * (RFC 8058). Throws `REACHABILITY_FAILED` with `reason` (see `reachabilityProblems`), `status` where there is one, and `message` for the screen.
 */
export async function proveReachable(url: string, ports: { readonly proofKey: Uint8Array; readonly nonce: string; readonly fetch: typeof fetch }): Promise<void> {
  if (!isPublicUrl(url)) throw new HeliographError('BAD_INPUT', { field: 'url', message: 'An address that starts with https://, without ? and #.' });
  const address = `${url.replace(/\/+$/, '')}/.well-known/heliograph/${ports.nonce}`;
  for (const method of ['GET', 'POST'] as const) {
    const answer = await ask(address, method, ports.fetch);
    const expected = reachabilityProof(ports.proofKey, method, ports.nonce);
    if (!holdsProof(answer, expected)) throw failed('not_ours');
  }
}

function failed(reason: ReachabilityProblem, detail: Readonly<Record<string, string | number>> = {}, cause?: unknown): HeliographError {
  return new HeliographError('REACHABILITY_FAILED', { reason, message: reachabilityWords[reason], ...detail }, { cause });
}

async function ask(address: string, method: 'GET' | 'POST', fetchIt: typeof fetch): Promise<string> {
  let response: Response;
  try {
    response = await fetchIt(address, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json', ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
      ...(method === 'POST' ? { body: 'List-Unsubscribe=One-Click' } : {}),
    });
  } catch (error) {
    throw failed(networkProblem(error), {}, error);
  }
  if (response.status >= 300 && response.status < 400) throw failed('redirect', { status: response.status });
  if (response.status !== 200) throw failed(method === 'POST' ? 'post_blocked' : response.status === 404 ? 'not_ours' : 'status', { status: response.status });
  try {
    return await readSmall(response);
  } catch (error) {
    if (error instanceof HeliographError) throw error;
    throw failed(networkProblem(error), {}, error);
  }
}

async function readSmall(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > maxAnswerBytes) throw failed('too_large');
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function holdsProof(answer: string, expected: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    // Anything but our JSON is an answer of somebody else.
    return false;
  }
  const proof = typeof value === 'object' && value !== null && 'proof' in value && typeof value.proof === 'string' ? Buffer.from(value.proof) : Buffer.alloc(0);
  const wanted = Buffer.from(expected);
  return proof.length === wanted.length && timingSafeEqual(proof, wanted);
}

/** The code of the innermost cause: Node's fetch wraps it once or twice. */
function networkProblem(error: unknown): ReachabilityProblem {
  if (error instanceof Error && error.name === 'TimeoutError') return 'timeout';
  let code = '';
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) if ('code' in inner && typeof inner.code === 'string') code = inner.code;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns';
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT') return 'timeout';
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) return 'tls';
  return 'network';
}
