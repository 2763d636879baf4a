import { conditionHelpers } from './conditions.js';
import { dateHelpers } from './dates.js';
import type { Helper, Helpers } from './helper.js';
import { numberHelpers } from './numbers.js';
import { stringHelpers } from './strings.js';

const all: Helpers = { ...conditionHelpers, ...stringHelpers, ...dateHelpers, ...numberHelpers };

/** Blocks that the engine itself draws: loops and changes of context. */
export const blockWords = ['each', 'with', 'lookup', 'inline'] as const;

export const helperNames: readonly string[] = [...Object.keys(all), 'each', 'with', 'lookup'];

/** A helper by name; names from Object's prototype are no helpers. */
export function findHelper(name: string): Helper | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}
