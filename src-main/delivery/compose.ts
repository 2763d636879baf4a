import { domainToASCII } from 'node:url';
import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { toEndpointView } from '../audience/index.js';
import type { OutgoingEmail } from '../channels/port.js';
import { compileEmail } from '../templates/index.js';
import type { ClaimedMessage } from './claim.js';
import type { Outcome } from './results.js';
import type { SenderJob } from './sender-port.js';
import { createLinkMaker, type LinkMaker } from './token.js';

/** The Message-ID of a ledger row: the same whenever it is sent, so that mailboxes can tell a second copy. */
export function messageIdOf(runUid: string, seq: number, fromAddress: string): string {
  const domain = fromAddress.slice(fromAddress.lastIndexOf('@') + 1);
  return `<${runUid}.${seq}@${domainToASCII(domain) || 'localhost'}>`;
}

/** Makes messages of one run. Throws from the first call on nothing: what is wrong with the content shows when it is made. */
export interface Composer {
  /** Throws `MISSING_VARIABLE`, `RENDER_LIMIT` and others for a message that cannot be made for this person. */
  compose(message: ClaimedMessage): OutgoingEmail;
}

export const testPrefix = '[Test] ';

/** Nobody's data, for a test send without a person: every personal value is missing. */
function nobody(address: string): EndpointView {
  return {
    Id: 'test',
    ChannelType: 'EMAIL',
    Address: address,
    EndpointStatus: 'ACTIVE',
    OptOut: 'NONE',
    CreationDate: new Date(0).toISOString(),
    Attributes: {},
    Metrics: {},
    Demographic: {},
    Location: {},
    User: { UserAttributes: {} },
  };
}

/**
 * Compiles a run's treatments once. Throws what `compileEmail` throws. Links follow the run's reachability: tracked links, pixel and one-click unsubscribe where the
 * collector can be reached; a `mailto:` unsubscribe and nothing else where it cannot (design 2). `example` fills what only a message that is sent has.
 */
export function createComposer(job: Pick<SenderJob, 'pinned' | 'links' | 'runUid' | 'kind'>, example: { readonly confirmUrl?: string } = {}): Composer {
  const { pinned, links, runUid } = job;
  const treatments = pinned.treatments.map(({ content }) => compileEmail(content));
  const maker =
    links.kind === 'tracked'
      ? createLinkMaker({ keyId: links.keyId, privateKey: links.privateKey, baseUrl: links.base, test: job.kind === 'test' })
      : undefined;
  return {
    compose(message) {
      const treatment = treatments[message.treatment] ?? treatments[0]!;
      const { seq, address } = message;
      const unsubscribeUrl = links.kind === 'mailto' ? mailtoUnsubscribe(links.address, address) : maker!.unsubscribe(runUid, seq);
      const confirmUrl = maker && pinned.topic && pinned.purpose === 'transactional' ? maker.confirm(runUid, seq) : example.confirmUrl;
      const rendered = treatment.render(message.row === null ? nobody(address) : toEndpointView(message.row), {
        unsubscribeUrl,
        ...(confirmUrl === undefined ? {} : { confirmUrl }),
        postalAddress: pinned.postalAddress,
        ...(maker && pinned.trackClicks ? { link: ({ index, url }: { index: number; url: string }) => tracked(maker, runUid, seq, index, url) } : {}),
        ...(maker && pinned.trackOpens ? { openPixelUrl: maker.open(runUid, seq) } : {}),
      });
      const replyTo = rendered.replyTo || pinned.replyTo;
      return {
        messageId: messageIdOf(runUid, seq, pinned.from.address),
        from: { name: rendered.fromName || pinned.from.name, address: pinned.from.address },
        to: { address },
        ...(replyTo === '' ? {} : { replyTo }),
        subject: (job.kind === 'test' ? testPrefix : '') + rendered.subject,
        html: rendered.html,
        text: rendered.text,
        headers: pinned.purpose === 'marketing' ? unsubscribeHeaders(unsubscribeUrl, links.kind) : [],
      };
    },
  };
}

/** RFC 2369 and RFC 8058; a `mailto:` address has no one-click form. */
function unsubscribeHeaders(url: string, kind: 'tracked' | 'mailto'): OutgoingEmail['headers'] {
  const list = ['List-Unsubscribe', `<${url}>`] as const;
  return kind === 'mailto' ? [list] : [list, ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click']];
}

/** The reply names the address it was sent to, because people answer from another one. */
function mailtoUnsubscribe(to: string, recipient: string): string {
  return `mailto:${encodeURI(to)}?subject=${encodeURIComponent(`Unsubscribe ${recipient}`)}`;
}

/** An address that no token can carry (too long) leads straight to its target rather than nowhere. */
function tracked(maker: LinkMaker, run: string, seq: number, index: number, url: string): string {
  try {
    return maker.click(run, seq, index, url);
  } catch (error) {
    if (error instanceof HeliographError && error.code === 'BAD_INPUT') return url;
    throw error;
  }
}

/** What an error before the wire means for the message: nothing was sent. Undefined for errors that do not say so. */
export function outcomeOfError(error: unknown): Outcome | undefined {
  if (!(error instanceof HeliographError)) return undefined;
  const { code, detail } = error;
  switch (code) {
    case 'MISSING_VARIABLE':
      return { kind: 'skipped', reason: 'missing_variable', detail: String(detail['variable'] ?? '') };
    case 'BAD_ADDRESS':
      if (detail['field'] === 'To') return { kind: 'skipped', reason: 'bad_address', detail: String(detail['reason'] ?? '') };
      return { kind: 'refused', class: 'ours', response: `${String(detail['field'] ?? 'An address')}: ${String(detail['reason'] ?? 'not an address')}` };
    case 'RENDER_LIMIT':
    case 'HEADER_INJECTION':
    case 'PERSONALISED_LINK_HOST':
    case 'TEMPLATE_SYNTAX':
    case 'BAD_INPUT':
      return { kind: 'skipped', reason: 'render_failed', detail: `${code} ${JSON.stringify(detail)}` };
    default:
      return undefined;
  }
}
