import { describe, expect, it, test } from 'vitest';
import { helperNames } from '../../src-main/templates/helpers/index.js';
import { luxonPattern } from '../../src-main/templates/helpers/dates.js';
import { person, renderText } from '../support/template-person.js';

/** Source -> result. Those marked P are examples of Pinpoint's own guide ("Using message template helpers"), values as there. */
const cases: readonly (readonly [string, string])[] = [
  // conditions, inline and as blocks
  ['{{if Location.City yes="y" no="n"}}', 'y'],
  ['{{if Location.Region yes="y" no="n"}}', 'n'],
  ['{{if Metrics.Zero yes="y" no="n"}}|{{if Metrics.Zero includeZero=true yes="y" no="n"}}', 'n|y'],
  ['{{#if User.UserAttributes.FirstName.[0]}}Hello {{User.UserAttributes.FirstName.[0]}},{{else}}Hello,{{/if}}', 'Hello Ada,'], // P
  ['{{#unless Location.Region}}no region{{/unless}}', 'no region'],
  ['{{#and (eq Location.City "Los Angeles") (eq Location.Country "US")}}there{{else}}elsewhere{{/and}}', 'there'], // P
  ['{{and Location.City Location.Region yes="y" no="n"}}', 'n'],
  ['{{#or (eq Location.City "Seattle") (eq Location.City "Los Angeles")}}west{{/or}}', 'west'], // P
  ['{{or Location.Region Location.PostalCode yes="y" no="n"}}', 'n'],
  ['{{#not (eq Attributes.Plan "silver")}}not silver{{/not}}', 'not silver'], // P
  ['{{not (eq Attributes.Plan.[0] "gold")}}', 'false'], // P
  ['{{eq Attributes.Plan "gold" yes="y" no="n"}}', 'y'],
  ['{{eq Metrics.Visits "1" yes="y" no="n"}}', 'y'],
  ['{{eq "0123" "123" yes="y" no="n"}}', 'n'],
  ['{{eq Location.Region Location.PostalCode yes="both absent" no="n"}}', 'both absent'],
  ['{{#neq Attributes.Plan.[0] "red"}}not red{{else}}red{{/neq}}', 'not red'], // P
  ['{{#gt Attributes.Count "17"}}old enough{{else}}not old enough{{/gt}}', 'not old enough'], // P
  ['{{gt Metrics.LifetimeValue 1250 yes="y" no="n"}}{{gte Metrics.Visits 1 yes="y" no="n"}}{{lt Attributes.Count "20" yes="y" no="n"}}{{lte Attributes.Count 3 yes="y" no="n"}}', 'yyyy'],
  ['{{gt "2026-02-01" "2026-01-31" yes="later" no="n"}}', 'later'],
  ['{{lt Location.Region 5 yes="y" no="n"}}', 'n'],
  ['{{#eq Attributes.Plan "silver"}}s{{else if (eq Attributes.Plan "gold")}}g{{else}}-{{/eq}}', 'g'],
  // loops
  ['{{#each Attributes.Interests}}{{@index}}:{{this}}{{#unless @last}}, {{/unless}}{{/each}}', '0:maths, 1:engines, 2:poetry'],
  ['{{#each Attributes.None}}x{{else}}You have no favourites.{{/each}}', 'You have no favourites.'], // P
  ['{{#each Attributes as |list name|}}{{name}}={{list.length}};{{/each}}', 'Interests=3;Plan=1;Html=1;Count=1;Odd=1;Pet name=1;'],
  ['{{#each Location.City}}{{this}}{{/each}}', 'Los Angeles'],
  ['{{#with User}}{{UserId}} {{UserAttributes.FirstName}} {{../Location.City}}{{/with}}', 'u-1 Ada Los Angeles'],
  ['{{lookup Attributes.Interests 1}} {{lookup Attributes "Pet name"}}', 'engines Byron'],
  // strings
  ['{{abbreviate User.UserAttributes.LastName.[0] 6}}', 'Ale...'], // P
  ['{{abbreviate User.UserAttributes.FirstName 6}}|{{abbreviate "abcdef" 2}}|{{abbreviate "👩‍🚀🚀🚀🚀🚀" 4}}', 'Ada|..|👩...'],
  ['{{capitalize "my first post"}}|{{capitalize "mY POST" fully=true}}', 'My First Post|My Post'], // P
  ['{{capitalizeFirst "my first post"}}', 'My first post'], // P
  ['[{{center Location.City size=19}}]', '[    Los Angeles    ]'], // P
  ['{{center "ab" size=7 pad="*"}}', '**ab***'],
  ['{{cut Location.City "e"}}|{{cut Location.City}}', 'Los Angls|LosAngeles'], // P
  ['{{inflect 3 apple apples includeCount=false}}|{{inflect 3 "apple" "apples" includeCount=true}}|{{inflect Metrics.Visits visit visits includeCount=true}}', 'apples|3 apples|1 visit'], // P
  ['{{join Attributes.Interests ", "}}|{{join Attributes.Interests "/" prefix="<" suffix=">"}}|{{join "a" "b" "-"}}', 'maths, engines, poetry|<maths/engines/poetry>|a-b'], // P
  ['[{{ljust Location.City 15}}]|{{ljust "ab" 5 pad="."}}', '[Los Angeles    ]|ab...'], // P
  ['[{{rjust Location.City 15}}]|{{rjust "ab" 5 pad="12"}}', '[    Los Angeles]|121ab'], // P
  ['{{lower "SANTOS"}} {{upper "Roe"}} {{capitalizeFirst (lower "JANE")}}', 'santos ROE Jane'], // P
  ['{{ordinalize 1}} {{ordinalize 2}} {{ordinalize 3}} {{ordinalize 11}} {{ordinalize "22"}} {{ordinalize 113}}', '1st 2nd 3rd 11th 22nd 113th'], // P
  ['{{replace Location.City " " "_"}}|{{replace "a.b.c" "." ""}}', 'Los_Angeles|abc'], // P
  ['{{slugify Location.City}}|{{slugify "  Crème brûlée, s’il vous plaît!  "}}', 'los-angeles|creme-brulee-sil-vous-plait'], // P
  ['{{stripTags Attributes.Html}}|{{stripTags "a < b <script>x()</script><!-- c -->c"}}', 'Art|a < b c'], // P
  ['{{substring Location.City 4 9}}|{{substring Location.City 4}}|{{substring "abc" 9}}', 'Angel|Angeles|'], // P
  ['{{yesno true}} {{yesno false}} {{yesno Attributes.Nothing}} {{yesno "false"}} {{yesno "yes" yes="ja" no="nein"}}', 'yes no maybe no ja'], // P
  // dates
  ['{{dateFormat "09/19/2020" inputFormat="MM/dd/yyyy" outputFormat="full" tz=America/Los_Angeles}}', 'Saturday, September 19, 2020'], // P (whose weekday is wrong)
  ['{{dateFormat CreationDate}}|{{dateFormat CreationDate "long"}}|{{dateFormat CreationDate format="short"}}', 'Jan 2, 2026|January 2, 2026|1/2/26'],
  ['{{dateFormat CreationDate "yyyy-MM-dd HH:mm:ss" tz="Asia/Tokyo"}}', '2026-01-02 12:04:05'],
  ['{{dateFormat CreationDate "EEE, d MMM \'at\' h \'o\'\'clock\' a" tz="UTC"}}', "Fri, 2 Jan at 3 o'clock AM"],
  ['{{dateFormat 1600516800000 "long" locale="de_DE"}}', '19. September 2020'],
  ['{{now "medium" tz=America/Los_Angeles}}|{{now}}|{{now "HH:mm z" tz="Europe/London"}}', 'Sep 19, 2020|Sep 19, 2020|13:00 GMT+1'], // P
  // numbers and encodings
  ['{{add 5 2.3}} {{subtract 5 2.3}} {{multiply 5 2.3}} {{divide 5 2.3}} {{modulo 7 2}} {{add 0.1 0.2}} {{add Metrics.LifetimeValue "1"}}', '7.3 2.7 11.5 2.17391304 1 0.3 1251.5'], // P
  ['{{round 19.21}} {{round 2.5}} {{ceiling 5.23}} {{floor 5.23}} {{floor -1.5}}', '19 3 6 5 -2'], // P
  ['{{encode64 "Hello World"}} {{decode64 "SGVsbG8gV29ybGQ="}}', 'SGVsbG8gV29ybGQ= Hello World'], // P
  ['{{md5 "hello"}}', '5d41402abc4b2a76b9719d911017c592'],
  ['{{sha256 "Hello World"}}', 'a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e'], // P
  ['{{sha512 "Hello World"}}', '2c74fd17edafd80e8447b0d46741ee243b7eb74dd2149a0ab1b9246fb30382f27e853d8585719e0e67cbda0daa8f51671064615d645ae27acb15bfb1447f459b'], // P
  ['{{encodeUrl "a b&c/d"}}', 'a%20b%26c%2Fd'],
  // defaults
  ['{{default User.UserAttributes.FirstName "friend"}} {{default Attributes.None Attributes.Odd "friend"}} {{default (upper Attributes.None) "x"}}', 'Ada friend x'],
  // partials
  ['{{#*inline "fullName"}}{{User.UserAttributes.FirstName.[0]}}{{#if User.UserAttributes.LastName.[0]}} {{User.UserAttributes.LastName.[0]}}{{/if}}{{/inline}}Hello {{> fullName}}', 'Hello Ada Alejandro'], // P
  ['{{#*inline "row"}}[{{label}}: {{this.City}}]{{/inline}}{{> row Location label="in"}}', '[in: Los Angeles]'],
  ['{{#*inline "frame"}}<{{> @partial-block}}>{{/inline}}{{#> frame}}{{Location.City}}{{/frame}} {{#> none}}fallback{{/none}}', '<Los Angeles> fallback'],
];

describe('Pinpoint helpers', () => {
  test.each(cases)('%s', (source, expected) => {
    expect(renderText(source)).toBe(expected);
  });

  it('draws a random version 4 UUID each time', () => {
    const [a, b] = renderText('{{uuid}} {{uuid}}').split(' ');
    expect(a).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(b).not.toBe(a);
  });

  it('has a case for every helper it knows', () => {
    const tried = cases.map(([source]) => source).join(' ');
    expect(helperNames.filter((name) => name !== 'uuid' && !new RegExp(`[{(#]\\s*${name}\\b`).test(tried))).toEqual([]);
  });

  it('loops over the first fifteen items, as Pinpoint does', () => {
    const many = person({ Attributes: { L: Array.from({ length: 20 }, (_, i) => String(i)) } });
    expect(renderText('{{#each Attributes.L}}{{this}} {{/each}}', many)).toBe('0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 ');
  });

  it('refuses values a helper cannot use, without telling the value', () => {
    const failure = (source: string) => {
      try {
        return renderText(source);
      } catch (error) {
        return error instanceof Error ? error.message : 'not an error';
      }
    };
    expect([
      failure('{{add Location.City 1}}'),
      failure('{{divide 1 0}}'),
      failure('{{dateFormat Location.City}}'),
      failure('{{now tz="Mars/Olympus"}}'),
      failure('{{now "QQQ"}}'),
      failure('{{ljust "a" -1}}'),
    ]).toEqual([
      'RENDER_FAILED {"field":"text","helper":"add","expected":"number"}',
      'RENDER_FAILED {"field":"text","helper":"divide","expected":"number"}',
      'RENDER_FAILED {"field":"text","helper":"dateFormat","expected":"date"}',
      'RENDER_FAILED {"field":"text","helper":"now","expected":"timezone"}',
      'RENDER_FAILED {"field":"text","helper":"now","expected":"pattern"}',
      'RENDER_FAILED {"field":"text","helper":"ljust","expected":"size"}',
    ]);
  });

  it('translates SimpleDateFormat patterns', () => {
    expect(['yy/M/d', "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", 'EEEE D u', "h 'o''clock' a", "'open", 'W'].map(luxonPattern)).toEqual([
      'yy/M/d',
      "yyyy-MM-dd'T'HH:mm:ss.SSSZZ",
      'EEEE o E',
      "h 'o\uf8ffclock' a",
      undefined,
      undefined,
    ]);
  });
});
