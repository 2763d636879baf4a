import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectFile } from '../../src-main/audience/import/inspect.js';
import { targetKey } from '../../src-preload/contract/import.js';
import { sql } from '../../src-main/store/sql.js';
import { createKit, refusal } from './import-kit.js';

/** Files as other programs write them: names, quoting, encodings, line ends. */
const vector = (name: string) => join(import.meta.dirname, '../vectors/import', name);

async function imported(name: string) {
  const kit = createKit();
  const checked = await kit.check(vector(name));
  const done = await kit.merge(checked.uid);
  const suppressed = kit.store.db.all<{ k: string }>(sql`select channel || ' ' || address_key as k from suppressed order by k`).map(({ k }) => k);
  return { kit, counts: checked.counts!, done, suppressed, people: kit.people() };
}

test("Mailchimp's audience export: states become suppressions, notes with line breaks stay one row", async () => {
  const { counts, suppressed, people } = await imported('mailchimp-audience.csv');
  expect(counts).toMatchObject({ rows: 3, new: 4, rejected: 0, unsubscribes: 2, warnings: [] });
  expect(suppressed).toEqual(['EMAIL gone@example.org', 'EMAIL zoe@example.org']);
  expect(people[0]).toMatchObject({
    Address: 'ada@example.org',
    Demographic: { Timezone: 'Europe/London' },
    Location: { Country: 'GB', Region: 'ENG', Latitude: 51.5, Longitude: -0.13 },
    Attributes: { Address: ['12 St James Sq  London SW1Y 4JH  GB'], TAGS: ['"vip","newsletter"'] },
    User: { UserAttributes: { FirstName: ['Ada'], LastName: ['Lovelace'] } },
  });
  expect(people[1]).toMatchObject({ ChannelType: 'SMS', Address: '+442079460123', User: { UserId: people[0]!.User.UserId } });
  expect(people[3]!.Attributes['NOTES']).toEqual(['bounced\n2024-02-28']);
});

test("Shopify's customer export: apostrophes before numbers go, each channel has its own consent", async () => {
  const { counts, suppressed, people } = await imported('shopify-customers.csv');
  expect(counts).toMatchObject({ rows: 2, new: 3, rejected: 0 });
  expect(suppressed).toEqual(['EMAIL linus@example.org', 'SMS +12025550143']);
  expect(people.map(({ Address, User, Location, Metrics }) => [Address, User.UserId, Location.PostalCode, Metrics])).toEqual([
    ['grace@example.org', '6001', '22201', { 'Total Spent': 420.5, 'Total Orders': 7 }],
    ['+12025550143', '6001', '22201', { 'Total Spent': 420.5, 'Total Orders': 7 }],
    ['linus@example.org', '6002', '00100', { 'Total Spent': 0, 'Total Orders': 0 }],
  ]);
});

test("Excel's Unicode text, its German CSV and its Mac CSV", async () => {
  const unicode = await imported('excel-unicode-text.txt');
  expect(unicode.people.map(({ Address, Location, User }) => [Address, Location.City, Location.Country, User.UserAttributes['FirstName']])).toEqual([
    ['zoe@example.org', 'Köln', 'DE', ['Zoë']],
    ['øystein@example.org', 'Tromsø', 'NO', ['Øystein']],
  ]);
  expect(await refusal(inspectFile(vector('excel-german.csv'), { encoding: 'utf-8' }))).toEqual({ code: 'FILE_ENCODING', detail: { encoding: 'UTF-8', byte: 46, line: 2 } });
  const german = await inspectFile(vector('excel-german.csv'));
  expect(german.format).toMatchObject({ encoding: 'windows-1252', decimal: ',' });
  expect(german.columns.map(({ header, samples, guess }) => [header, samples[0], targetKey(guess)])).toEqual([
    ['E-Mail', 'zoe@example.org', 'Address:EMAIL'],
    ['Vorname', 'Zoë', 'User.UserAttributes.FirstName'],
    ['Ort', 'Köln', 'Location.City'],
    ['Umsatz', '12,50', 'Attributes.Umsatz'],
  ]);
  expect((await imported('excel-mac.csv')).people.map(({ Address, Location }) => [Address, Location.City])).toEqual([
    ['ada@example.org', 'London'],
    ['zoe@example.org', 'Berlin'],
  ]);
});

test("Pinpoint's console CSV and its export of JSON lines, as they are", async () => {
  const { counts, people } = await imported('pinpoint-console.csv');
  expect(counts).toMatchObject({ rows: 3, new: 3, rejected: 0, unsubscribes: 1, warnings: [{ code: 'country_converted' }, { code: 'phone_without_plus' }] });
  expect(
    people.map(({ Id, ChannelType, Address, EndpointStatus, OptOut, Location, Attributes, Metrics, User }) => ({
      Id,
      ChannelType,
      Address,
      EndpointStatus,
      OptOut,
      Country: Location.Country,
      Attributes,
      Metrics,
      UserId: User.UserId,
    })),
  ).toEqual([
    {
      Id: 'e1',
      ChannelType: 'EMAIL',
      Address: 'ada@example.org',
      EndpointStatus: 'ACTIVE',
      OptOut: 'NONE',
      Country: 'GB',
      Attributes: { DiscountUsed: ['Yes', 'Spring'] },
      Metrics: { Age: 36 },
      UserId: 'u1',
    },
    {
      Id: 'e2',
      ChannelType: 'GCM',
      Address: 'fcm-token-1',
      EndpointStatus: 'INACTIVE',
      OptOut: 'ALL',
      Country: undefined,
      Attributes: {},
      Metrics: {},
      UserId: 'u1',
    },
    {
      Id: 'e3',
      ChannelType: 'SMS',
      Address: '+16045550182',
      EndpointStatus: 'ACTIVE',
      OptOut: 'NONE',
      Country: 'CA',
      Attributes: {},
      Metrics: {},
      UserId: undefined,
    },
  ]);
  const json = await imported('pinpoint-export.json.gz');
  expect(json.counts).toMatchObject({ rows: 2, new: 2, rejected: 0, warnings: [] });
  expect(json.people).toMatchObject([
    {
      Id: 'e1',
      Location: { City: 'London', Country: 'GB' },
      EffectiveDate: '2025-10-11T12:13:14.567Z',
      Attributes: { DiscountUsed: ['Yes', 'Spring'] },
      Metrics: { Age: 36 },
      User: { UserId: 'u1', UserAttributes: { FirstName: ['Ada'] } },
    },
    { Id: 'e2', ChannelType: 'APNS', Address: 'apns-token', Demographic: { Make: 'Apple' } },
  ]);
});
