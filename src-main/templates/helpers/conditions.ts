import { isBlank, isTrue, numberOf, textOf, type Value } from '../engine/value.js';
import type { Helper, HelperCall, Helpers } from './helper.js';

/** Numbers compare as numbers where both sides are, otherwise as text by code point: right for ISO dates, and case-sensitive as Pinpoint. */
function compare(a: Value, b: Value): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  const [s, t] = [textOf(a), textOf(b)];
  return s < t ? -1 : s > t ? 1 : 0;
}

/** Equal as numbers when one side is a number (a metric, a literal), otherwise as text: a postal code "0123" is not "123". */
function equal(a: Value, b: Value): boolean {
  if (isBlank(a) || isBlank(b)) return isBlank(a) && isBlank(b);
  if (typeof a === 'number' || typeof b === 'number') return numberOf(a) !== undefined && numberOf(a) === numberOf(b);
  return textOf(a) === textOf(b);
}

/** An absent value is neither greater nor smaller than anything. */
function ordered(call: HelperCall, test: (order: number) => boolean): boolean {
  return !isBlank(call.args[0]) && !isBlank(call.args[1]) && test(compare(call.args[0], call.args[1]));
}

function condition(minimumArguments: number, run: (call: HelperCall) => boolean): Helper {
  return { values: 'asked', condition: true, minimumArguments, run };
}

/** Pinpoint's conditional helpers (pinpoint.md 4.3). `and` and `or` ask for truth of their values, as Pinpoint's examples do (its text says "equal"). */
export const conditionHelpers = {
  if: condition(1, ({ args, hash }) => isTrue(args[0], hash.includeZero === true)),
  unless: condition(1, ({ args, hash }) => !isTrue(args[0], hash.includeZero === true)),
  and: condition(2, ({ args }) => args.every((value) => isTrue(value))),
  or: condition(2, ({ args }) => args.some((value) => isTrue(value))),
  not: condition(1, ({ args }) => !isTrue(args[0])),
  eq: condition(2, ({ args }) => equal(args[0], args[1])),
  neq: condition(2, ({ args }) => !equal(args[0], args[1])),
  gt: condition(2, (call) => ordered(call, (order) => order > 0)),
  gte: condition(2, (call) => ordered(call, (order) => order >= 0)),
  lt: condition(2, (call) => ordered(call, (order) => order < 0)),
  lte: condition(2, (call) => ordered(call, (order) => order <= 0)),
  /** `{{yesno X yes="..." no="..." maybe="..."}}`: "maybe" for a missing value. The words "false" and "no" count as no: attributes are text. */
  yesno: {
    values: 'asked',
    minimumArguments: 1,
    run: ({ args, hash }) => {
      const word = (name: string) => (hash[name] === undefined ? name : textOf(hash[name]));
      if (isBlank(args[0])) return word('maybe');
      return isTrue(args[0]) && !/^(false|no|0)$/i.test(textOf(args[0])) ? word('yes') : word('no');
    },
  },
  /** Ours: `{{default User.UserAttributes.FirstName "friend"}}` gives the first of its values that is there. */
  default: { values: 'fallback', minimumArguments: 2, run: ({ args }) => args.find((value) => !isBlank(value)) },
} as const satisfies Helpers;
