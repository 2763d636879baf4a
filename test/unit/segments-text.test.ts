import { expect, it } from 'vitest';
import { canonicalVariants } from '../../src-main/segments/compile-text.js';
import { fold, nfc, parseDate, versionKey } from '../../src-main/store/functions.js';

/** Every code point that a text can hold, once. */
function* codePoints(): Generator<string> {
  for (let code = 1; code <= 0x10ffff; code++) if (code < 0xd800 || code > 0xdfff) yield String.fromCodePoint(code);
}

it('folds every letter and its simple case partners alike, as the regular expressions of the language do', () => {
  const differing: string[] = [];
  for (const c of codePoints()) {
    for (const partner of [c.toLowerCase(), c.toUpperCase()]) {
      // /iu uses Unicode's simple folding: whatever it takes as equal, full folding must too.
      if (partner !== c && [...partner].length === 1 && new RegExp(`^\\u{${partner.codePointAt(0)!.toString(16)}}$`, 'iu').test(c) && fold(c) !== fold(partner)) differing.push(c);
    }
  }
  expect(differing).toEqual([]);
});

it('is stable: folding twice changes nothing, and normal forms fold alike', () => {
  const differing: string[] = [];
  for (const c of codePoints()) if (fold(fold(c)) !== fold(c) || fold(c.normalize('NFD')) !== fold(c)) differing.push(c);
  expect(differing).toEqual([]);
});

it('folds the special cases of Unicode as its table does', () => {
  expect(['ß', 'ẞ', 'ŉ', 'İ', 'ı', 'I', 'ς', 'Σ', 'ﬀ', 'ᾈ', 'ǅ', 'K', 'ſ', 'և'].map(fold)).toEqual(['ss', 'ss', 'ʼn', 'i̇', 'ı', 'i', 'σ', 'σ', 'ff', 'ἀι', 'ǆ', 'k', 's', 'եւ']);
});

it('knows every character whose NFC is ASCII', () => {
  const found = [...codePoints()].filter((c) => c > '\x7f' && /^[\x00-\x7f]+$/.test(nfc(c)));
  expect(found).toEqual(['\u037e', '\u1fef', '\u212a']);
  expect(canonicalVariants('DK;')).toEqual(['DK;', 'DK\u037e', 'D\u212a;', 'D\u212a\u037e']);
  expect(canonicalVariants('KKKKK')).toBeUndefined();
  expect(canonicalVariants('é')).toBeUndefined();
});

it('sorts versions', () => {
  const sorted = ['0.9', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0', '1.0.0.1', '1.9', '1.10', '2', '10.0', '100000000000'];
  const keys = sorted.map((version) => versionKey(version)!);
  expect([...keys].sort()).toEqual(keys);
  expect(new Set(keys).size).toBe(keys.length);
  expect(['1', 'v1.0', '1.0.0+7', '01.0', ' 1.0 (77)'].map(versionKey)).toEqual(Array(5).fill(versionKey('1')));
  expect(['', 'latest', '1.', '.1', '1..2', '1.0-', '-1', '1,5', `${'9'.repeat(21)}`].map(versionKey)).toEqual(Array(9).fill(null));
});

it('reads ISO days and instants and nothing else', () => {
  expect(
    ['2026-11-24', '2026-11-24T10:00', '2026-11-24 10:00:00', '2026-11-24T10:00:00.123456Z', '2026-11-24T10:00:00+0530', '2026-11-24T10:00:00-05', '2024-02-29'].map(parseDate),
  ).toEqual([
    { ms: Date.UTC(2026, 10, 24), day: true },
    { ms: Date.UTC(2026, 10, 24, 10), day: false },
    { ms: Date.UTC(2026, 10, 24, 10), day: false },
    { ms: Date.UTC(2026, 10, 24, 10, 0, 0, 123), day: false },
    { ms: Date.UTC(2026, 10, 24, 4, 30), day: false },
    { ms: Date.UTC(2026, 10, 24, 15), day: false },
    { ms: Date.UTC(2024, 1, 29), day: true },
  ]);
  expect(['', '2026', '2026-13-01', '2026-02-29', '0000-01-01', '2026-11-24T24:00', '2026-11-24T10', '24.11.2026', '2026-11-24T10:00:00Zx', 'now'].map(parseDate)).toEqual(Array(10).fill(undefined));
});
