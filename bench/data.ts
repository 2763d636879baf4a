import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { seededRandom } from '../test/support/random.js';

const countries = ['DE', 'GB', 'FR', 'US', 'SE', 'JP', 'IT', 'ES', 'NL', 'PL', 'BR', 'IN'];
const platforms = ['ios', 'android', 'web'];
const plans = ['free', 'monthly', 'quarterly', 'yearly'];
const interests = ['espresso', 'filter', 'gear', 'events', 'decaf', 'gifts'];
const firsts = ['Ada', 'Grace', 'Marlene', 'Thibault', 'Jonas', 'Priya', 'Kenji', 'Lucía', 'Zoë', 'Søren'];

export const columns = ['Id', 'ChannelType', 'Address', 'OptOut', 'EffectiveDate', 'Location.Country', 'Location.City', 'Demographic.Platform', 'Metrics.ltv', 'Metrics.orders', 'Attributes.interests', 'User.UserId', 'User.UserAttributes.plan', 'User.UserAttributes.FirstName'];

/** A file of invented endpoints in Pinpoint's own columns, the same ones every time. Two thirds of them share their person, who is the same in each row. */
export async function writePeople(path: string, count: number): Promise<void> {
  const random = seededRandom(7);
  const pick = <T>(list: readonly T[]) => list[random.int(list.length)]!;
  const out = createWriteStream(path);
  out.write(`${columns.join(',')}\n`);
  let chunk = '';
  for (let i = 1; i <= count; i++) {
    const day = new Date(Date.UTC(2026, 0, 1 + random.int(320))).toISOString();
    const user = random.int(count) + 1;
    chunk += `ep-${i},EMAIL,person${i}@mail${i % 97}.example.com,${random.int(50) === 0 ? 'ALL' : 'NONE'},${day},${pick(countries)},City ${random.int(5000)},${pick(platforms)},${random.int(100_000) / 100},${random.int(40)},${pick(interests)},u-${user},${plans[user % plans.length]},${firsts[user % firsts.length]}\n`;
    if (chunk.length > 1 << 20) {
      if (!out.write(chunk)) await once(out, 'drain');
      chunk = '';
    }
  }
  out.end(chunk);
  await once(out, 'finish');
}
