/** Writes resources/sample/people.csv: invented customers of an invented coffee roaster, the same ones every time. Run by hand when the sample should change. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

let state = 20261124;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 4294967296;
};
const pick = (list) => list[Math.floor(random() * list.length)];
const chance = (p) => random() < p;

/** Phone numbers come from the ranges that regulators keep for fiction, where a country has one: [start, digits that count up]. */
const places = [
  { country: 'DE', zone: 'Europe/Berlin', locale: 'de_DE', cities: [['Berlin', 'Berlin', '10115'], ['Hamburg', 'Hamburg', '20095'], ['Munich', 'Bavaria', '80331'], ['Leipzig', 'Saxony', '04109']], phone: ['+4915550990', 3], weight: 34 },
  { country: 'GB', zone: 'Europe/London', locale: 'en_GB', cities: [['London', 'England', 'E1 6AN'], ['Bristol', 'England', 'BS1 4DJ'], ['Edinburgh', 'Scotland', 'EH1 1YZ']], phone: ['+447700900', 3], weight: 26 },
  { country: 'FR', zone: 'Europe/Paris', locale: 'fr_FR', cities: [['Paris', 'Île-de-France', '75001'], ['Lyon', 'Auvergne-Rhône-Alpes', '69001'], ['Nantes', 'Pays de la Loire', '44000']], phone: ['+3363998', 4], weight: 16 },
  { country: 'US', zone: 'America/New_York', locale: 'en_US', cities: [['New York', 'NY', '10001'], ['Boston', 'MA', '02108'], ['Portland', 'OR', '97201']], phone: ['+120255501', 2], weight: 14 },
  { country: 'SE', zone: 'Europe/Stockholm', locale: 'sv_SE', cities: [['Stockholm', 'Stockholm', '111 20'], ['Malmö', 'Skåne', '211 20']], phone: ['+46701740', 3], weight: 6 },
  { country: 'JP', zone: 'Asia/Tokyo', locale: 'ja_JP', cities: [['Tokyo', 'Tokyo', '100-0001'], ['Kyoto', 'Kyoto', '600-8001']], phone: ['+819017000', 3], weight: 4 },
];
const first = ['Marlene', 'Thibault', 'Aoife', 'Jonas', 'Priya', 'Kenji', 'Lucía', 'Dana', 'Matteo', 'Hanneke', 'Sofia', 'Callum', 'Wiebke', 'Élodie', 'Tomasz', 'Ngozi', 'Rafael', 'Annika', 'Zoë', 'Søren', 'Ada', 'Grace', 'Ines', 'Björn', 'Chloé', 'Yuki', 'Omar', 'Leïla', 'Hugo', 'Freya', 'Mina', 'Oskar', 'Nour', 'Ewan', 'Greta', 'Paul', 'Ida', 'Sam', 'Tove', 'Uma'];
const last = ['Vogt', 'Renard', 'Brennan', 'Lindqvist', 'Raman', 'Moriyama', 'Ferrer', 'Whitfield', 'Gallo', 'de Wit', 'Papadaki', 'Reid', 'Janssen', 'Marchand', 'Wójcik', 'Okafor', 'Duarte', 'Berg', "O'Neill", 'Sørensen', 'Lovelace', 'Hopper', 'Müller', 'Ångström', 'Lefèvre', 'Tanaka', 'Haddad', 'Weiß', 'Novak', 'Kowalska'];
const plans = ['Monthly', 'Monthly', 'Quarterly', 'None', 'None', 'None'];
const roasts = ['Guji Natural', 'Winter Roast', 'House Blend', 'Decaf Huila', 'Kenya AA', 'Espresso Forte'];
const interests = ['espresso', 'filter', 'gear', 'events', 'decaf', 'gifts'];

const columns = ['Id', 'ChannelType', 'Address', 'OptOut', 'EndpointStatus', 'EffectiveDate', 'Demographic.Locale', 'Demographic.Timezone', 'Demographic.Platform', 'Demographic.AppVersion', 'Location.City', 'Location.Region', 'Location.PostalCode', 'Location.Country', 'Metrics.Orders', 'Metrics.LifetimeValue', 'Attributes.Interests', 'Attributes.Interests', 'User.UserId', 'User.UserAttributes.FirstName', 'User.UserAttributes.LastName', 'User.UserAttributes.Plan', 'User.UserAttributes.FavouriteRoast', 'User.UserAttributes.CustomerSince'];
const cell = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const counters = new Map();
const phoneIn = ({ country, phone: [start, digits] }) => {
  const n = (counters.get(country) ?? 0) + 1;
  counters.set(country, n);
  return `${start}${String(n).padStart(digits, '0')}`;
};
const rows = [];
const people = 1200;
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ø', 'o').replaceAll('ß', 'ss').toLowerCase().replace(/[^a-z]/g, '');
const day = (from, span) => new Date(from + Math.floor(random() * span) * 86_400_000).toISOString();

for (let i = 1; i <= people; i++) {
  let weight = random() * 100;
  const place = places.find((p) => (weight -= p.weight) < 0) ?? places[0];
  const [city, region, postal] = pick(place.cities);
  const given = pick(first);
  const family = pick(last);
  const orders = chance(0.2) ? 0 : Math.floor(random() ** 2 * 32) + 1;
  const user = `k-${10000 + i}`;
  const shared = [String(orders), (orders * (14 + random() * 12)).toFixed(2), pick(interests), chance(0.6) ? pick(interests) : '', user, chance(0.035) ? '' : given, family, pick(plans), orders ? pick(roasts) : '', day(Date.UTC(2021, 0, 1), 2000).slice(0, 10)];
  const add = (id, channel, address, platform = '', version = '') =>
    rows.push([id, channel, address, chance(0.025) ? 'ALL' : 'NONE', chance(0.03) ? 'INACTIVE' : 'ACTIVE', day(Date.UTC(2026, 5, 1), 150), place.locale, place.zone, platform, version, city, region, postal, place.country, ...shared]);
  add(`e-${i}`, 'EMAIL', `${plain(given)}.${plain(family)}${i}@${pick(['kestrel-mail.example', 'post.example', 'inbox.example', 'mail.example.org'])}`);
  if (chance(0.22)) add(`s-${i}`, 'SMS', phoneIn(place));
  if (chance(0.3)) add(`p-${i}`, chance(0.5) ? 'GCM' : 'APNS', `tok${i.toString(36)}${'0123456789abcdef'.repeat(3)}${i}`, pick(['android', 'ios']), pick(['4.9.1', '4.10.0', '4.12.3', '5.0.0']));
  if (chance(0.05)) add(`e2-${i}`, 'EMAIL', `${plain(given)}${i}@work.example`);
}
writeFileSync(join(root, 'resources/sample/people.csv'), `${[columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`);
console.log(`${people} people, ${rows.length} addresses`);
