import { setTimeout as sleep } from 'node:timers/promises';
import type { RunStatus } from '../../../src-preload/contract/campaign.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Session } from './connect.js';
import { type Output, shapeOf } from './output.js';

const pollMs = 500;

/** Names listed where one is not known. */
const namesShown = 10;

/** Finds a record by its uid or by its exact name. Throws `NAME_UNKNOWN` {what, name, known}, or `NAME_AMBIGUOUS` {what, name, count, uids} when several have that name. */
export function findByName<T extends { readonly uid: string; readonly name: string }>(list: readonly T[], wanted: string, what: string): T {
  const found = list.filter((item) => item.uid === wanted || item.name === wanted);
  if (found.length === 0) {
    const known = list.slice(0, namesShown).map((item) => `"${item.name}"`).join(', ') + (list.length > namesShown ? ` and ${list.length - namesShown} more` : '');
    throw new HeliographError('NAME_UNKNOWN', { what, name: wanted, known });
  }
  if (found.length > 1) throw new HeliographError('NAME_AMBIGUOUS', { what, name: wanted, count: found.length, uids: found.map((item) => item.uid).join(', ') });
  return found[0]!;
}

/** A command does not sit and wait for longer than this until something is tried again. */
const longestWaitMs = 10 * 60_000;

/**
 * What a run still has to do when all of it is deferred for longer than a command waits, or undefined. `response` is the most frequent reason, in the server's words. `now` is UTC ms.
 */
export function longDeferred({ numbers, deferred, counts }: Pick<RunStatus, 'numbers' | 'deferred' | 'counts'>, now: number): { readonly messages: number; readonly nextDue: number; readonly response: string } | undefined {
  const [most] = deferred;
  const messages = counts.reduce((sum, row) => (row.state === 'deferred' ? sum + row.messages : sum), 0);
  if (!most || messages !== numbers.waiting) return undefined;
  const nextDue = Math.min(...deferred.map((row) => row.nextDue));
  return nextDue - now > longestWaitMs ? { messages, nextDue, response: most.response } : undefined;
}

/** What `interruptLaunch` needs of the other side. */
interface TakesBack {
  readonly runs: { readonly takeBack: { mutate(input: { run: string }): Promise<unknown> } };
}

/**
 * Ctrl-C after the launch was asked for: within its hold the launch is taken back; a run that has begun goes on, and that is said. Throws what the launch itself threw, and what kept it
 * from being taken back, other than the run having begun.
 */
export async function interruptLaunch(client: TakesBack, launch: { readonly name: string; readonly launching: Promise<{ readonly run: string }>; readonly handedOver: boolean }, output: Pick<Output, 'result' | 'progress'>): Promise<void> {
  const { run } = await launch.launching;
  output.progress('');
  try {
    await client.runs.takeBack.mutate({ run });
    output.result(`Cancelled: the launch of ${launch.name} was taken back. Nobody was written to.`, { event: 'taken_back', run });
  } catch (error) {
    if (shapeOf(error).code !== 'CAMPAIGN_STATE') throw error;
    const where = launch.handedOver ? 'it goes on in the running Heliograph' : 'it goes on when the workspace is open again';
    output.result(`${launch.name} is launched; ${where}. Pause or stop it there.`, { event: 'goes_on', run });
  }
}

/**
 * Launches a draft and, unless told not to, follows the run to its end, or to where all that is left waits for longer than ten minutes. A run that stands still for a reason only a
 * person can mend fails the command. A Ctrl-C from the moment of the launch on is answered by `interruptLaunch`. `handedOver`: a running Heliograph sends it, and goes on when the command has ended.
 */
export async function launchCampaign({ client, at }: Pick<Session, 'client' | 'at'>, name: string, options: { wait: boolean; handedOver: boolean; onInterrupt: (say: () => Promise<void>) => void }, output: Output): Promise<void> {
  const campaign = findByName(await client.campaigns.list.query({}), name, 'campaign');
  const { revision } = await client.campaigns.get.query({ uid: campaign.uid });
  const review = await client.campaigns.review.query({ uid: campaign.uid });
  for (const check of review.checks) if (check.level === 'warn') output.notice(`worth a look: ${[check.words, check.fix].filter(Boolean).join(' ')}`);
  const launching = client.campaigns.launch.mutate({ uid: campaign.uid, revision });
  options.onInterrupt(() => interruptLaunch(client, { name: campaign.name, launching, handedOver: options.handedOver }, output));
  const { run, holdUntil } = await launching;
  if (!options.wait) {
    output.result(`Launched ${campaign.name}; it starts at ${new Date(holdUntil).toISOString()}.`, { event: 'launched', campaign: campaign.uid, run, holdUntil });
    return;
  }
  at({ doing: `sending ${campaign.name}`, then: 'what is left is sent when it is opened again' });
  let status: RunStatus;
  let saidWaiting = false;
  do {
    await sleep(pollMs);
    status = await client.runs.status.query({ run });
    output.progress(`${campaign.name}: ${status.status}, ${status.numbers.sent.toLocaleString('en')} of ${(status.numbers.total - status.numbers.skipped).toLocaleString('en')} accepted`);
    const deferred = status.deferred.reduce((sum, row) => sum + row.messages, 0);
    if (!saidWaiting && deferred > 0 && deferred === status.numbers.waiting) {
      saidWaiting = true;
      const next = Math.min(...status.deferred.map((row) => row.nextDue));
      output.notice(`${deferred.toLocaleString('en')} messages wait to be tried again, the next at ${new Date(next).toISOString()}: ${status.deferred[0]!.response}`);
    }
    if (status.paused && status.paused.reason !== 'stopping') throw new HeliographError('CAMPAIGN_STATE', { state: 'paused', why: status.paused.reason });
    if (status.sendingPaused !== null || status.status === 'ask') throw new HeliographError('CAMPAIGN_STATE', { state: status.status, why: status.sendingPaused ?? 'asks before sending' });
    const rest = longDeferred(status, Date.now());
    if (rest) {
      output.progress('');
      const goesOn = options.handedOver ? 'The running Heliograph sends them then.' : 'They are sent when the workspace is open then: open it in Heliograph, or leave "heliograph serve" running.';
      output.result(
        `${campaign.name}: ${status.numbers.sent.toLocaleString('en')} accepted, ${rest.messages.toLocaleString('en')} wait to be tried again, the next at ${new Date(rest.nextDue).toISOString()} (${rest.response}). ${goesOn}`,
        { event: 'waiting', campaign: campaign.uid, run, status: status.status, nextDue: rest.nextDue, numbers: status.numbers, counts: status.counts },
      );
      return;
    }
  } while (status.status !== 'done' && status.status !== 'stopped');
  output.progress('');
  const { numbers } = status;
  output.result(
    `${campaign.name}: ${numbers.sent.toLocaleString('en')} accepted, ${numbers.failed} refused, ${numbers.skipped} left out, ${numbers.unknown} may have been sent.`,
    { event: 'done', campaign: campaign.uid, run, status: status.status, numbers, counts: status.counts },
  );
}
