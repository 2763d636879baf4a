import { channels } from '../../../src-preload/contract/common.js';
import { type ImportFormat, type ImportTarget, importFields, importLimits, isMultiValue, parseTargetKey, targetKey } from '../../../src-preload/contract/import.js';
import { looksNumeric, parseNumber } from './numbers.js';

/** A column as the guess sees it: its header and some values that are not empty. */
export interface ColumnFacts {
  readonly header: string;
  readonly values: readonly string[];
}

const emailLike = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const phoneLike = /^[+＋]?[\d\s().\-/]{7,20}$/;

const field = (name: (typeof importFields)[number]): ImportTarget => ({ to: 'field', field: name });
const person = (name: string): ImportTarget => ({ to: 'userAttribute', name });

/** Header words, without case, blanks, marks and accents, in the languages that exports of shops and newsletters come in. */
const words: readonly (readonly [target: ImportTarget, names: string])[] = [
  [
    { to: 'address', channel: 'EMAIL' },
    'email emailaddress mail mailaddress emailadresse mailadresse courriel adresseemail adressemail correo correoelectronico subscriberemail contactemail primaryemail emailid',
  ],
  [
    { to: 'address', channel: 'SMS' },
    'phone phonenumber mobile mobilephone mobilenumber mobileno cell cellphone tel telephone telefon telefonnummer handy handynummer mobil telefono movil msisdn sms smsnumber primaryphone',
  ],
  [field('User.UserId'), 'userid customerid contactid subscriberid memberid externalid personid clientid uid kundennummer customernumber id'],
  [person('FirstName'), 'firstname givenname forename fname vorname prenom nombre first'],
  [person('LastName'), 'lastname surname familyname lname nachname nom apellido apellidos last'],
  [person('Name'), 'name fullname displayname'],
  [field('Location.Country'), 'country countrycode countryname cc land pays pais staat'],
  [field('Location.City'), 'city town ort stadt ville ciudad'],
  [field('Location.PostalCode'), 'zip zipcode postalcode postcode plz postleitzahl codepostal codigopostal'],
  [field('Location.Region'), 'region state province county bundesland stateprovince provincia'],
  [field('Location.Latitude'), 'latitude lat'],
  [field('Location.Longitude'), 'longitude lng lon long'],
  [field('Demographic.Locale'), 'locale language lang languagecode sprache langue idioma'],
  [field('Demographic.Timezone'), 'timezone tz zeitzone'],
  [
    { to: 'unsubscribed' },
    'unsubscribed unsubscribe unsubscribedat unsubscribedate unsubscribedon optout optedout optouttime optoutdate optoutat donotcontact donotmail abgemeldet desinscrit baja suppressed blocked',
  ],
  [{ to: 'unsubscribed', channel: 'SMS' }, 'smsoptout smsunsubscribed optedoutofsms smsoptedout'],
  [{ to: 'subscribed', channel: 'SMS' }, 'acceptssmsmarketing smsconsent smsoptin smsmarketingconsent smssubscribed'],
  [{ to: 'subscribed', channel: 'EMAIL' }, 'emailoptin emailconsent acceptsemailmarketing emailmarketingconsent emailsubscribed newsletter newsletteroptin'],
  [{ to: 'unsubscribed', channel: 'EMAIL' }, 'donotemail emailoptout emailunsubscribed hasoptedoutofemail'],
  [{ to: 'subscribed' }, 'subscribed optin optedin marketingconsent consent acceptsmarketing marketing angemeldet abonne'],
];
const byWord = new Map(words.flatMap(([target, names]) => names.split(' ').map((name) => [name, target] as const)));
/** Pinpoint's names without their case, and with it back. */
const pinpointNames = new Map([...importFields, 'Address'].map((name) => [name.toLowerCase(), name]));
const pinpointPrefixes = ['Attributes.', 'Metrics.', 'User.UserAttributes.'] as const;

/** Mailchimp and its like keep the state of a subscription in a column of words. */
const statusWords = /^(?:(?:un|non|re)?subscribed|active|inactive|cleaned|bounced|pending|archived|opted[ -]?(?:in|out)|confirmed|unconfirmed)$/i;
const metricWords = /(?:count|total|amount|score|points|age|ltv|revenue|spent|spend|orders|balance|quantity|value|price)$/i;

/** The header of a Pinpoint file, whatever its case; undefined for anything else. */
export function pinpointTarget(header: string): ImportTarget | undefined {
  const text = header.trim();
  const exact = pinpointNames.get(text.toLowerCase());
  if (exact !== undefined) return parseTargetKey(exact);
  for (const prefix of pinpointPrefixes) {
    if (text.length > prefix.length && text.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase())
      return parseTargetKey(prefix + text.slice(prefix.length));
  }
  return undefined;
}

/** Columns that a Pinpoint export holds and an import has no use for (pinpoint.md 1.2): kept out without a word. */
const pinpointIgnored = new Set(['requestid', 'cohortid', 'applicationid', 'creationdate']);

/** True when the file speaks Pinpoint's own language: a few names that nothing else has, or nothing but its names. */
export function isPinpoint(headers: readonly string[]): boolean {
  const known = headers.filter((header) => pinpointTarget(header) !== undefined || pinpointIgnored.has(header.toLowerCase()));
  return (
    known.length === headers.length ||
    headers.some((header) => /^(?:ChannelType|EndpointStatus|User\.UserId|(?:Attributes|Metrics|Demographic|Location|User\.UserAttributes)\.\S)/.test(header))
  );
}

/** Guesses what each column is, the header first, its values second. A target that holds one value is given once. */
export function guessTargets(columns: readonly ColumnFacts[]): ImportTarget[] {
  const pinpoint = isPinpoint(columns.map((column) => column.header));
  const taken = new Set<string>();
  return columns.map((column, index) => {
    const guess = guessOne(column, pinpoint, index);
    const key = targetKey(guess);
    if (!isMultiValue(guess) && !pinpoint && taken.has(key)) return attribute(column.header, index);
    taken.add(key);
    return guess;
  });
}

/** Metrics of which a value seen is no number with the file's mark become attributes: a whole person would be refused for it. Pinpoint's own columns are what they say. */
export function settleMetrics(targets: readonly ImportTarget[], columns: readonly ColumnFacts[], decimal: ImportFormat['decimal']): ImportTarget[] {
  if (isPinpoint(columns.map((column) => column.header))) return [...targets];
  return targets.map((target, index) => {
    const { header, values } = columns[index]!;
    return target.to === 'metric' && values.some((value) => Number.isNaN(parseNumber(value.trim(), decimal))) ? attribute(header, index) : target;
  });
}

function guessOne(column: ColumnFacts, pinpoint: boolean, index: number): ImportTarget {
  const { header, values } = column;
  if (pinpoint) {
    const target = pinpointTarget(header);
    if (target) return target;
    if (pinpointIgnored.has(header.trim().toLowerCase())) return { to: 'ignore' };
  }
  const share = (pattern: RegExp) => (values.length === 0 ? 0 : values.filter((value) => pattern.test(value.trim())).length / values.length);
  const word = header
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  if (word === 'optout' && values.length > 0 && share(/^(?:ALL|NONE)$/i) === 1) return field('OptOut');
  if (word === 'channel' && values.length > 0 && values.every((value) => (channels as readonly string[]).includes(value.trim().toUpperCase())))
    return field('ChannelType');
  const known = byWord.get(word);
  if (known) return known;
  if (/status$/.test(word) && values.length > 0 && share(statusWords) === 1) return { to: 'subscribed' };
  if (share(emailLike) > 0.8) return { to: 'address', channel: 'EMAIL' };
  if (word === '' && values.length === 0) return { to: 'ignore' };
  if (/^column\d+$/.test(word) && share(/^\+/) > 0.8 && share(phoneLike) > 0.8) return { to: 'address', channel: 'SMS' };
  if (metricWords.test(header) && values.length > 0 && values.every((value) => looksNumeric(value.trim()))) return { to: 'metric', name: nameOf(header, index) };
  return attribute(header, index);
}

const nameOf = (header: string, index: number) => header.trim().normalize('NFC').slice(0, importLimits.nameLength).trim() || `Column ${index + 1}`;
const attribute = (header: string, index: number): ImportTarget => ({ to: 'attribute', name: nameOf(header, index) });

/** True where the values do not look like what the column would become. */
export function doubts(target: ImportTarget, values: readonly string[], decimal: ImportFormat['decimal']): 'not_emails' | 'not_phones' | 'not_numbers' | undefined {
  const few = (fits: (value: string) => boolean) => values.length > 0 && values.filter((value) => fits(value.trim())).length * 2 < values.length;
  if (target.to === 'address' && target.channel === 'EMAIL' && few((value) => emailLike.test(value))) return 'not_emails';
  if (target.to === 'address' && target.channel === 'SMS' && few((value) => phoneLike.test(value))) return 'not_phones';
  if (target.to === 'metric' && few((value) => !Number.isNaN(parseNumber(value, decimal)))) return 'not_numbers';
  return undefined;
}
