import type { CampaignDetail, CampaignDraft, Funnel, ReviewCheck } from '../../src-preload/contract/campaign.js';
import { dkimAligns, domainOf } from '../../src-preload/contract/connection.js';
import type { LinkBase } from '../../src-preload/contract/reachability.js';
import type { ContentProblem, ContentProblemCode, MissingVariable } from '../../src-preload/contract/template.js';
import { problemWords } from '../../src-preload/contract/template-words.js';
import { normaliseAddress, type TopicRow } from '../audience/index.js';
import type { ConnectionFacts, ResolvedMessage } from './pin.js';

/** Everything the checks look at, gathered by the review. */
export interface CheckFacts {
  readonly draft: CampaignDraft;
  readonly tested: CampaignDetail['tested'];
  /** What the draft is about; undefined where nothing is chosen or it is gone. */
  readonly topic: TopicRow | undefined;
  readonly segmentName: string | null;
  readonly funnel: Funnel | null;
  readonly message: ResolvedMessage | undefined;
  readonly problems: readonly ContentProblem[];
  readonly missing: readonly MissingVariable[];
  readonly connection: ConnectionFacts | undefined;
  readonly links: LinkBase;
  readonly postalAddress: string;
  readonly sendingPaused: string | null;
}

type Level = ReviewCheck['level'];
type Facts = ReviewCheck['facts'];
const check = (id: ReviewCheck['id'], level: Level, words: string, fix?: string, facts: Facts = {}): ReviewCheck => ({ id, level, words, ...(fix === undefined ? {} : { fix }), facts });

const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`;
const peopleAndAddresses = (people: number, addresses: number) => `${count(people, 'person', 'people')}, ${count(addresses, 'address', 'addresses')}`;

/** Every check of the review, in the order of the screen: who, what, from whom, how. A `block` forbids the launch. */
export function reviewChecks(facts: CheckFacts): ReviewCheck[] {
  return [...audienceChecks(facts), ...topicChecks(facts), ...messageChecks(facts), ...senderChecks(facts), ...wayChecks(facts)];
}

function audienceChecks({ draft, segmentName, funnel, missing }: CheckFacts): ReviewCheck[] {
  if (draft.segment === null) return [check('segment', 'block', 'No segment is chosen.', 'Choose who gets the message.')];
  if (segmentName === null) return [check('segment', 'block', 'The chosen segment was deleted.', 'Choose another one.')];
  const found = [check('segment', 'ok', `Goes to ${segmentName}.`, undefined, { segment: segmentName })];
  const get = funnel?.rows.find((row) => row.reason === 'none') ?? { people: 0, addresses: 0 };
  if (get.addresses === 0) found.push(check('recipients', 'block', 'Nobody in this segment can get the message.', 'Look at the reasons above, or choose another segment.', { addresses: 0 }));
  else found.push(check('recipients', 'ok', `${peopleAndAddresses(get.people, get.addresses)} will get it.`, undefined, { ...get }));
  const worst = missing[0];
  if (!worst) return found;
  const all = get.addresses > 0 && worst.addresses >= get.addresses;
  const words = `${peopleAndAddresses(worst.people, worst.addresses)} ${worst.addresses === 1 ? 'lacks' : 'lack'} ${worst.variable} and would be skipped.`;
  found.push(check('missing_variables', all ? 'block' : 'warn', words, 'Give it a default in the template, or leave these people out with a rule.', { variables: missing.length, variable: worst.variable, addresses: worst.addresses }));
  return found;
}

/**
 * A marketing message says what it is about, so that a person can leave that alone. A transactional one with a topic asks to confirm it: without its link it would ask in vain, and the link
 * leads somewhere only where the collector can be reached.
 */
function topicChecks({ draft, topic, message, links }: CheckFacts): ReviewCheck[] {
  const confirms = message !== undefined && JSON.stringify(message.content).includes('Heliograph.ConfirmUrl');
  const asks = draft.topic !== null && draft.purpose === 'transactional';
  const found: ReviewCheck[] = [];
  if (confirms && !asks) found.push(check('confirm_link', 'block', 'The message has a link to confirm a topic, but is not the message that asks for it.', 'Take {{Heliograph.ConfirmUrl}} out, or make this a transactional message with a topic.'));
  if (draft.topic === null) return found;
  if (!topic) return [...found, check('topic', 'block', 'The chosen topic is not here.', 'Choose another one.')];
  if (topic.archived_at !== null) return [...found, check('topic', 'block', `The topic ${topic.name} was archived.`, 'Choose another one.')];
  if (!asks) return [...found, check('topic', 'ok', topic.consent === 'opt_in' ? `About ${topic.name}: only to who subscribed to it.` : `About ${topic.name}: not to who left it.`, undefined, { topic: topic.name })];
  found.push(check('topic', 'ok', `Asks to confirm ${topic.name}: only to who waits for that.`, undefined, { topic: topic.name }));
  if (message && !confirms) found.push(check('confirm_link', 'block', 'The message asks to confirm a topic, but has no link for it.', 'Add a link to {{Heliograph.ConfirmUrl}}.'));
  else if (links.kind === 'mailto') found.push(check('confirm_link', 'block', 'People cannot confirm a topic by e-mail.', 'Choose a public address in Settings, Reachability.'));
  return found;
}

/** Which check a problem of the content belongs to; all others are `syntax` when they are errors and left to the editor otherwise. */
const checkOfProblem: Partial<Record<ContentProblemCode, ReviewCheck['id']>> = {
  subject_missing: 'subject',
  html_too_big: 'size',
  unsubscribe_missing: 'unsubscribe_link',
  text_without_unsubscribe: 'unsubscribe_link',
  postal_address_missing: 'postal_address',
};

function messageChecks({ draft, message, problems, postalAddress, connection, tested }: CheckFacts): ReviewCheck[] {
  if (draft.treatments[0]?.message == null) return [check('message', 'block', 'No message is chosen.', 'Choose a template.')];
  if (!message) return [check('message', 'block', 'The chosen template was deleted.', 'Choose another one.')];
  const found = [check('message', 'ok', `Subject: ${message.content.subject.trim() || '(none)'}`)];
  const sandbox = connection?.provider === 'sandbox';
  const marketing = draft.purpose === 'marketing';
  for (const problem of problems) {
    const id = checkOfProblem[problem.code] ?? 'syntax';
    if (problem.severity === 'advice' || ((id === 'unsubscribe_link' || id === 'postal_address') && !marketing)) continue;
    const { what, todo } = problemWords(problem);
    const place: Facts = problem.line === undefined ? {} : { line: problem.line, column: problem.column ?? 1 };
    // The law asks for the address in marketing mail (CAN-SPAM); in the test mailbox nobody is written to.
    const block = problem.severity === 'error' || (id === 'postal_address' && !sandbox);
    found.push(check(id, block ? 'block' : 'warn', what, todo, { code: problem.code, field: problem.field, ...place }));
  }
  if (marketing && !problems.some((p) => checkOfProblem[p.code] === 'unsubscribe_link')) found.push(check('unsubscribe_link', 'ok', 'The unsubscribe link is there.'));
  if (postalAddress.trim() === '') {
    // Without it {{Heliograph.PostalAddress}} is a missing value, so that every message that shows it would be skipped.
    const used = JSON.stringify(message.content).includes('Heliograph.PostalAddress');
    if (marketing || used) found.push(check('postal_address', used || !sandbox ? 'block' : 'warn', 'Your postal address is not set.', 'Enter it in Settings, Workspace. Marketing mail must show it.'));
  } else if (marketing && !problems.some((p) => p.code === 'postal_address_missing')) found.push(check('postal_address', 'ok', 'Your postal address is in the message.'));
  found.push(tested ? check('test_send', 'ok', 'A test was sent since the last change.') : check('test_send', 'warn', 'No test was sent since the last change.', 'Send it to yourself first.'));
  return found;
}

function senderChecks({ draft }: CheckFacts): ReviewCheck[] {
  const from = normaliseAddress('EMAIL', draft.from.address);
  const found: ReviewCheck[] = [];
  if (draft.from.address.trim() === '') found.push(check('from_address', 'block', 'There is no sender address.', 'Enter the address the message comes from.'));
  else if ('problem' in from) found.push(check('from_address', 'block', 'The sender address is not an e-mail address.', 'Correct it.', { problem: from.problem }));
  else found.push(check('from_address', 'ok', `Comes from ${draft.from.address.trim()}.`));
  if (draft.replyTo.trim() !== '' && 'problem' in normaliseAddress('EMAIL', draft.replyTo)) found.push(check('reply_to', 'block', 'The reply address is not an e-mail address.', 'Correct it or leave it empty.'));
  return found;
}

function wayChecks({ draft, connection, links, sendingPaused }: CheckFacts): ReviewCheck[] {
  const found: ReviewCheck[] = [];
  if (draft.connection === null) found.push(check('connection', 'block', 'No connection is chosen.', 'Choose how the message is sent.'));
  else if (!connection) found.push(check('connection', 'block', 'The chosen connection was removed.', 'Choose another one.'));
  else {
    found.push(check('connection', 'ok', `Sent through ${connection.name}.`, undefined, { name: connection.name, provider: connection.provider }));
    if (connection.provider !== 'sandbox') found.push(verifiedCheck(connection), ...dkimChecks(draft.from.address, connection));
    found.push(...reachChecks(draft, links));
  }
  if (sendingPaused !== null) {
    const why = { moved: 'because this workspace was moved or copied', restored: 'because a backup was restored', moved_restored: 'because a backup was restored, and this workspace was moved or copied since' }[sendingPaused];
    found.push(check('sending_paused', 'block', `All sending is paused${why ? ` ${why}` : ''}.`, 'Release it in the status bar when this is the copy that should send.', { reason: sendingPaused }));
  }
  return found;
}

function verifiedCheck(connection: ConnectionFacts): ReviewCheck {
  if (connection.last_error !== null) return check('connection_verified', 'warn', 'This connection failed when it was last checked or used.', 'Check it again in Settings, Connections.', { error: connection.last_error });
  if (connection.verified_at === null) return check('connection_verified', 'warn', 'This connection was never checked.', 'Check it in Settings, Connections.');
  return check('connection_verified', 'ok', 'The connection was checked.', undefined, { at: connection.verified_at });
}

/** Receivers that ask DMARC count a signature only where its domain fits the sender's, and only with its key in DNS. */
function dkimChecks(from: string, { dkim_domain: domain, dkim_confirmed: confirmed }: ConnectionFacts): ReviewCheck[] {
  if (domain === null) return [];
  const found: ReviewCheck[] = [];
  if (domainOf(from) !== '' && !dkimAligns(domain, from))
    found.push(check('dkim', 'warn', `Messages are signed for ${domain}, but come from ${domainOf(from)}: for DMARC the signature does not count.`, 'Send from an address of that domain, or make a DKIM key for the sender’s in Settings, Connections.', { domain }));
  if (confirmed !== 1) {
    const words = confirmed === null ? 'Nobody has looked whether the DKIM key is in DNS.' : 'The DKIM key was not found in DNS when it was last looked for.';
    found.push(check('dkim', 'warn', words, 'Publish it, then verify the connection in Settings, Connections.', { domain }));
  }
  return found.length > 0 ? found : [check('dkim', 'ok', `Signed for ${domain}.`, undefined, { domain })];
}

function reachChecks(draft: CampaignDraft, links: LinkBase): ReviewCheck[] {
  switch (links.kind) {
    case 'tracked':
      return [check('reachability', 'ok', `Links lead to ${links.base}.`, undefined, { base: links.base })];
    case 'mailto': {
      const found = [check('reachability', 'ok', `People unsubscribe by writing to ${links.address}.`, undefined, { address: links.address })];
      if (draft.trackOpens || draft.trackClicks) found.push(check('tracking', 'warn', 'Opens and clicks are not tracked.', 'Tracking needs a public address: Settings, Reachability.'));
      return found;
    }
    case 'none':
      if (links.why === 'collector_stopped') return [check('reachability', 'block', 'The collector is not running, so links would lead nowhere.', 'Choose another port in Settings, Reachability.', { why: links.why })];
      return [check('reachability', 'block', 'Recipients could not reach your links.', 'Choose a public address or unsubscribing by e-mail in Settings, Reachability.', { why: links.why })];
  }
}
