import { type AddressProblem, addressProblem, type EndpointEdit, endpointEdit } from '../../../src-preload/contract/audience.js';
import type { Channel } from '../../../src-preload/contract/common.js';
import { errorShape } from '../../lib/errors.js';

/** What is wrong, by the name of the field in the form (`Address`, `Person ID` as `userId`, `Country`, `Timezone`). */
export type EditErrors = Readonly<Record<string, string>>;

const addressWords: Readonly<Record<AddressProblem, string>> = {
  empty: 'There is no address.',
  too_long: 'It is too long.',
  control_character: 'It holds a character that cannot be seen.',
  bad_email: 'Not an e-mail address.',
  bad_domain: 'The part after @ is not a domain.',
  bad_phone: 'Not a phone number.',
  country_needed: 'Begin it with + and the country’s number.',
};
const fieldWords: Readonly<Record<string, string>> = {
  Country: 'Two letters, such as DE for Germany.',
};

/** The problems of an address that can be told without asking; the program looks closer when it saves. */
function addressProblemOf(address: string, channel: Channel): AddressProblem | undefined {
  const text = address.trim();
  if (text === '') return 'empty';
  if (channel === 'EMAIL') return /^[^\s@]+@[^\s@]+$/.test(text) ? (/@[^.@]+(?:\.[^.@]+)+$/.test(text) ? undefined : 'bad_domain') : 'bad_email';
  if (channel === 'SMS' || channel === 'VOICE') return /^\+?[\d\s().\/-]{3,}$/.test(text) ? undefined : 'bad_phone';
  return undefined;
}

/** Everything that is wrong with an edit, each at its field; empty where nothing is known to be. */
export function editErrors(edit: EndpointEdit, channel: Channel): EditErrors {
  const found: Record<string, string> = {};
  const parsed = endpointEdit.safeParse(edit);
  for (const issue of parsed.error?.issues ?? []) {
    const [head, name] = issue.path;
    const field = head === 'address' ? 'Address' : head === 'location' || head === 'demographic' ? String(name) : String(head);
    found[field] ??= fieldWords[field] ?? (issue.code === 'too_big' ? 'It is too long.' : 'This cannot be kept as it is.');
  }
  const problem = edit.address === undefined ? undefined : addressProblemOf(edit.address, channel);
  if (problem !== undefined) found['Address'] = addressWords[problem];
  return found;
}

/** A refusal of the program that belongs to one field, in words; undefined for any other failure. */
export function refusedField(error: unknown): EditErrors | undefined {
  const { code, detail } = errorShape(error);
  if (code !== 'BAD_INPUT' || detail['field'] !== 'Address') return undefined;
  const problem = addressProblem.safeParse(detail['message']);
  const words = String(detail['message'] ?? '');
  return { Address: problem.success ? addressWords[problem.data] : `${words.charAt(0).toUpperCase()}${words.slice(1)}.` };
}
