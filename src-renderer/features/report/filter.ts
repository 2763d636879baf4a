import { reasonWords, stateWords } from '../../../src-preload/contract/delivery-words.js';
import { outcomeWords, type RecipientFilter, recipientFilter } from '../../../src-preload/contract/report.js';

/** The filter as it stands in the address, so that every number is a link and Back works. */
export function filterFrom(params: URLSearchParams): RecipientFilter {
  const value = (key: string) => params.get(key) ?? undefined;
  const number = (key: string) => (params.has(key) ? Number(params.get(key)) : undefined);
  const parsed = recipientFilter.safeParse({
    state: value('state'),
    waiting: params.has('waiting') ? true : undefined,
    toSend: params.has('toSend') ? true : undefined,
    reason: value('reason'),
    outcome: value('outcome'),
    treatment: number('treatment'),
    link: number('link'),
    domain: value('domain'),
  });
  // An address typed by hand or from an older program: show everybody rather than nothing.
  return parsed.success ? parsed.data : {};
}

export function recipientsPath(campaign: string, run: string, filter: RecipientFilter): string {
  const params = new URLSearchParams({ run, view: 'recipients' });
  for (const [key, value] of Object.entries(filter)) if (value !== undefined) params.set(key, String(value));
  return `/campaigns/${campaign}/report?${params.toString()}`;
}

const outcomeFilterWords: Readonly<Record<string, string>> = { ...outcomeWords, machine: 'Opened by machines only', scanner: 'Clicked by scanners only', bounced: 'Bounced', no_open: 'Did not open', no_click: 'Did not click' };

/** Each part of a filter in words: label, value, and the filter without it. */
export function filterParts(filter: RecipientFilter): { readonly id: keyof RecipientFilter; readonly label: string; readonly value: string }[] {
  const parts: { id: keyof RecipientFilter; label: string; value: string }[] = [];
  if (filter.state) parts.push({ id: 'state', label: 'State', value: stateWords[filter.state] });
  if (filter.waiting) parts.push({ id: 'waiting', label: 'State', value: 'Waiting' });
  if (filter.toSend) parts.push({ id: 'toSend', label: 'State', value: 'To be sent' });
  if (filter.reason) parts.push({ id: 'reason', label: 'Reason', value: filter.reason === 'none' ? 'None' : reasonWords[filter.reason] });
  if (filter.outcome) parts.push({ id: 'outcome', label: 'What happened', value: outcomeFilterWords[filter.outcome] ?? filter.outcome });
  if (filter.treatment !== undefined) parts.push({ id: 'treatment', label: 'Variant', value: variantLetter(filter.treatment) });
  if (filter.link !== undefined) parts.push({ id: 'link', label: 'Clicked link', value: String(filter.link + 1) });
  if (filter.domain !== undefined) parts.push({ id: 'domain', label: 'Domain', value: filter.domain === '' ? 'address is gone' : filter.domain });
  return parts;
}

export const outcomeFilters = ['open', 'machine', 'no_open', 'click', 'scanner', 'no_click', 'unsubscribe', 'bounced', 'complaint'] as const;
export const outcomeFilterWord = (outcome: string): string => outcomeFilterWords[outcome] ?? outcome;

export function variantLetter(treatment: number): string {
  return String.fromCharCode(65 + (treatment % 26));
}
