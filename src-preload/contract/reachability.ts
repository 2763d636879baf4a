import { z } from 'zod';
import { instantMs } from './common.js';

// scheme, host (name, IPv4 or [IPv6]), port, path; no user, no query, no fragment. The contract has no URL class: it compiles without Node and browser types.
const addressPattern = /^(https?):\/\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:\/[A-Za-z0-9._~!$'()*+,;=:@%/-]*)?$/i;
/** Hosts that are this machine: http is allowed there, for the test mailbox and for trying things out. */
const loopbackHost = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** A public address of the collector: https (http only on this machine), a host, perhaps a path; without user, query and fragment. */
export function isPublicUrl(value: string): boolean {
  const parts = addressPattern.exec(value);
  if (!parts) return false;
  return parts[1]!.toLowerCase() === 'https' || loopbackHost.test(parts[2]!);
}

export const publicUrl = z.string().trim().max(500).refine(isPublicUrl, 'an address that starts with https://, without ? and #');
export const mailtoAddress = z.string().trim().max(254).regex(/^[^\s@<>?&,;"]+@[^\s@<>?&,;"]+\.[^\s@<>?&,;"]+$/, 'an e-mail address');

/**
 * How recipients reach this workspace (design 2). `none`: not decided, real connections refuse to launch. `public`: a verified address leads to the collector.
 * `mailto`: no tracking, people unsubscribe by writing to `address`, and somebody enters that on the suppression page.
 */
export const reachability = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('none') }),
  z.object({ mode: z.literal('public'), url: publicUrl, verifiedAt: instantMs.nullable() }),
  z.object({ mode: z.literal('mailto'), address: mailtoAddress }),
]);
export type Reachability = z.infer<typeof reachability>;

/** What links a run may carry. `base` is where `createLinkMaker` puts its links. */
export type LinkBase =
  | { readonly kind: 'tracked'; readonly base: string }
  | { readonly kind: 'mailto'; readonly address: string }
  | { readonly kind: 'none'; readonly why: 'not_decided' | 'not_verified' | 'collector_stopped' };

/** The test mailbox lives on this machine, so its links work on loopback; everybody else needs a verified address or mailto. */
export function linkBaseFor(sandbox: boolean, setting: Reachability, collectorUrl: string | null): LinkBase {
  if (sandbox) return collectorUrl === null ? { kind: 'none', why: 'collector_stopped' } : { kind: 'tracked', base: collectorUrl };
  if (setting.mode === 'mailto') return { kind: 'mailto', address: setting.address };
  if (setting.mode === 'none') return { kind: 'none', why: 'not_decided' };
  if (setting.verifiedAt === null) return { kind: 'none', why: 'not_verified' };
  return { kind: 'tracked', base: setting.url.replace(/\/+$/, '') };
}

/** What went wrong on the way from the public address to us, as `REACHABILITY_FAILED`'s `reason`. */
export const reachabilityProblems = ['dns', 'refused', 'timeout', 'tls', 'redirect', 'status', 'too_large', 'not_ours', 'post_blocked', 'collector_stopped', 'network'] as const;
export type ReachabilityProblem = (typeof reachabilityProblems)[number];

/** What to do about each, for the screen. */
export const reachabilityWords: Readonly<Record<ReachabilityProblem, string>> = {
  dns: 'The host name does not resolve. Check the spelling, or wait until the DNS record is known.',
  refused: 'Nothing answers at this address. Start the tunnel or proxy and let it forward to the collector.',
  timeout: 'No answer within ten seconds. Look for a firewall on the way.',
  tls: 'The certificate is not valid for this name. Fix it at the tunnel or proxy: mail programs would refuse the links.',
  redirect: 'The address redirects somewhere else. One-click unsubscribe must not be redirected: enter the final address.',
  status: 'Something answered, but with an error. Check what the tunnel or proxy forwards to.',
  too_large: 'Something else answered, with a whole page. The address does not lead to this collector.',
  not_ours: 'Something else answered. The address does not lead to this collector, or leads to another workspace.',
  post_blocked: 'Reading works, but POST does not arrive. One-click unsubscribe needs it: allow POST at the tunnel or proxy.',
  collector_stopped: 'The collector is not running. Choose another port and try again.',
  network: 'The connection failed on the way.',
};

/** What the screen shows. */
export interface ReachabilityView {
  readonly setting: Reachability;
  readonly collector: { readonly state: 'running' | 'stopped'; readonly url: string | null };
}
