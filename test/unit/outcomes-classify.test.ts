import { expect, it } from 'vitest';
import { classifyMessage, type RawEngagement } from '../../src-main/delivery/outcomes/index.js';

const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const open = (at: number, userAgent = chrome): RawEngagement => ({ kind: 'open', at, link: -1, userAgent });
const click = (at: number, link: number, userAgent = chrome): RawEngagement => ({ kind: 'click', at, link, userAgent });

it.each([
  ['a mail program on a desktop', chrome, 'human', 'human'],
  ['Apple Mail on a phone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148', 'human', 'human'],
  ['Thunderbird', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0', 'human', 'human'],
  ['Gmail image proxy', 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)', 'image_proxy', 'scanner'],
  ['Yahoo image proxy', 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html', 'image_proxy', 'scanner'],
  ['Apple privacy proxy', 'Mozilla/5.0', 'machine', 'scanner'],
  ['a script', 'python-requests/2.32.0', 'scanner', 'scanner'],
  ['a crawler', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'scanner', 'scanner'],
  ['a security product', 'Mozilla/5.0 (Windows NT 10.0) Proofpoint URL Defense', 'scanner', 'scanner'],
  ['nobody', '', 'scanner', 'scanner'],
])('knows %s by its name', (_, userAgent, asOpen, asClick) => {
  expect(classifyMessage([open(0, userAgent)], {})).toEqual([asOpen]);
  expect(classifyMessage([click(0, 0, userAgent)], {})).toEqual([asClick]);
});

it('takes three different links within five seconds for a scanner, the first two included', () => {
  expect(classifyMessage([click(0, 0), click(1_000, 1)], {})).toEqual(['human', 'human']);
  expect(classifyMessage([click(0, 0), click(1_000, 1), click(4_999, 2)], {})).toEqual(['scanner', 'scanner', 'scanner']);
  expect(classifyMessage([click(0, 0), click(1_000, 1), click(5_000, 2)], {})).toEqual(['human', 'human', 'human']);
  expect(classifyMessage([click(0, 0), click(1_000, 0), click(2_000, 0), click(3_000, 1)], {})).toEqual(['human', 'human', 'human', 'human']);
  expect(classifyMessage([click(0, 0), click(1, 1), click(2, 2), click(90_000, 1)], {})).toEqual(['scanner', 'scanner', 'scanner', 'human']);
});

it('takes a click within ten seconds of acceptance without an open for a scanner', () => {
  expect(classifyMessage([click(9_999, 0)], { acceptedAt: 0 })).toEqual(['scanner']);
  expect(classifyMessage([click(10_000, 0)], { acceptedAt: 0 })).toEqual(['human']);
  expect(classifyMessage([open(2_000), click(9_000, 0)], { acceptedAt: 0 })).toEqual(['human', 'human']);
  expect(classifyMessage([open(2_000, 'Mozilla/5.0'), click(9_000, 0)], { acceptedAt: 0 })).toEqual(['machine', 'scanner']);
});

it('has no doubts about haste where nothing stands between sender and reader', () => {
  expect(classifyMessage([click(1, 0), click(2, 1), click(3, 2)], { acceptedAt: 0, direct: true })).toEqual(['human', 'human', 'human']);
  expect(classifyMessage([click(1, 0, 'curl/8.0')], { acceptedAt: 0, direct: true })).toEqual(['scanner']);
});

it('classes ten thousand facts of one message as it classes few', () => {
  const burst = Array.from({ length: 5_000 }, (_, n) => click(1_000 + (n % 3), n % 3)).sort((a, b) => a.at - b.at);
  const opens = Array.from({ length: 4_999 }, (_, n) => open(20_000 + n, n % 2 === 0 ? 'Mozilla/5.0' : chrome));
  const classes = classifyMessage([...burst, ...opens, click(90_000, 1)], { acceptedAt: 0 });
  expect(new Set(classes.slice(0, 5_000))).toEqual(new Set(['scanner']));
  expect(classes.slice(5_000, 5_002)).toEqual(['machine', 'human']);
  expect(classes.at(-1)).toBe('human');
});

it('reads each fact a bounded number of times', () => {
  let reads = 0;
  const counted = (fact: RawEngagement): RawEngagement => ({ ...fact, get at() { reads++; return fact.at; } });
  const facts = Array.from({ length: 2_000 }, (_, n) => counted(n % 2 === 0 ? open(n, 'Mozilla/5.0') : click(n, n % 5)));
  classifyMessage(facts, { acceptedAt: 0 });
  expect(reads).toBeLessThan(facts.length * 10);
});
