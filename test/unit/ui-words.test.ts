import { describe, expect, it } from 'vitest';
import { describeError } from '../../src-preload/contract/error-words.js';
import { placeWords } from '../../src-preload/contract/delivery-words.js';
import { errorCodes, type ErrorDetail, HeliographError } from '../../src-preload/contract/errors.js';
import { chartCsv, fileName } from '../../src-renderer/ui/chart-actions.js';
import { editErrors, refusedField } from '../../src-renderer/features/audience/edit-errors.js';
import { statusTag } from '../../src-renderer/features/campaigns/words.js';
import { createFormat } from '../../src-renderer/lib/format.js';

describe('the words of errors', () => {
  it('say what happened for every code, with and without facts, and leave no hole', () => {
    for (const code of errorCodes) {
      const details: readonly ErrorDetail[] = [{}, { what: 'x', message: 'y', field: 'z', name: 'n', line: 3, by: 'b', path: '/p', reason: 'timeout' }];
      for (const detail of details) {
        const words = describeError(code, detail);
        expect(words.what, code).toMatch(/^.*[.:]?.*\.$|^\S.*$/s);
        expect(words.what.length, code).toBeGreaterThan(5);
        expect(JSON.stringify(words), code).not.toMatch(/undefined|null|\[object/);
        expect(JSON.stringify(words), code).not.toContain('!');
      }
    }
  });
});

describe('the words of a message', () => {
  it('tell what somebody said was not sent from what no server took', () => {
    const said = { state: 'Not sent', reason: 'Said to be not sent' };
    expect([placeWords('failed', 'said_not_sent'), placeWords('failed', 'crashed'), placeWords('failed', 'restored')]).toEqual([said, said, said]);
    expect(placeWords('failed', 'connection_lost')).toEqual({ state: 'Refused', reason: 'No connection after all tries' });
  });
  it('do not call a run sent while messages of it may have been sent', () => {
    expect([statusTag('done', 3).word, statusTag('done', 0).word, statusTag('paused', 3).word]).toEqual(['Some may have been sent', 'Sent', 'Paused']);
  });
});

describe('what is wrong with an edit of a person', () => {
  it('stands at each field, all at once and in words', () => {
    expect(editErrors({ address: 'ada', location: { Country: 'GERMANY', City: 'x'.repeat(2000) } }, 'EMAIL')).toEqual({ Address: 'Not an e-mail address.', Country: 'Two letters, such as DE for Germany.', City: 'It is too long.' });
    expect(editErrors({ address: 'ada@localhost' }, 'EMAIL')).toEqual({ Address: 'The part after @ is not a domain.' });
    expect([editErrors({ address: 'ada@x.example', location: { Country: 'DE' } }, 'EMAIL'), editErrors({ address: '+49 170 1234567' }, 'SMS'), editErrors({ address: 'any token' }, 'GCM')]).toEqual([{}, {}, {}]);
    expect([refusedField(new HeliographError('BAD_INPUT', { field: 'Address', message: 'bad_domain' })), refusedField(new HeliographError('BAD_INPUT', { field: 'Address', message: 'another active entry has this address' })), refusedField(new HeliographError('NOT_FOUND'))]).toEqual([
      { Address: 'The part after @ is not a domain.' },
      { Address: 'Another active entry has this address.' },
      undefined,
    ]);
  });
});

describe('numbers and times', () => {
  const f = createFormat('Europe/Berlin', 'en');
  const noon = Date.UTC(2026, 10, 24, 11, 4);
  it('count people and addresses together', () => {
    expect(f.audience({ people: 8_200, addresses: 9_412 })).toBe('8,200 people, 9,412 addresses');
    expect(f.audience({ people: 1, addresses: 1 })).toBe('1 person, 1 address');
  });
  it('stand in the zone of the workspace and name it', () => {
    expect([f.time(noon), f.dateTime(noon), f.zoneName(Date.UTC(2026, 6, 1))]).toEqual(['12:04', '24 Nov 2026, 12:04 CET', 'CEST']);
    expect(createFormat('Asia/Kathmandu', 'en').time(noon)).toBe('16:49');
  });
  it('are as short as they are clear', () => {
    const at = (y: number, m: number, d: number, h: number) => f.when(Date.UTC(y, m, d, h), noon);
    // 23 November 23:30 UTC is the 24th in Berlin.
    expect([at(2026, 10, 24, 8), f.when(Date.UTC(2026, 10, 23, 23, 30), noon), at(2026, 10, 23, 16), at(2026, 10, 9, 9), at(2025, 10, 18, 9)]).toEqual(['09:00', '00:30', 'Mon 17:00', '9 Nov', '18 Nov 2025']);
    expect([f.duration(40_000), f.duration(15 * 60_000), f.duration(7_500_000), f.duration(-5)]).toEqual(['40 s', '15 min', '2 h 5 min', '0 s']);
    expect([f.ago(noon - 10_000, noon), f.ago(noon - 180_000, noon), f.ago(noon - 3 * 3_600_000, noon), f.ago(noon - 5 * 86_400_000, noon)]).toEqual(['just now', '3 min ago', '3 h ago', '5 days ago']);
  });
  it('show sizes and shares', () => {
    expect([f.percent(0.0421), f.percent(1), f.bytes(999), f.bytes(91_000), f.bytes(2_400_000), f.compact(791_200)]).toEqual(['4.2%', '100%', '999 B', '91 KB', '2.4 MB', '791.2k']);
  });
});

describe('a chart as CSV', () => {
  it('holds exact numbers, quotes what must be and never starts a formula', () => {
    const csv = chartCsv({ labels: ['=1+1', 'a,"b"', 'c'], labelName: 'Link', series: [{ name: 'Clicks', values: [1.5, null, -3] }], unit: 'clicks' });
    expect(csv).toBe('Link,Clicks (clicks)\r\n\'=1+1,1.5\r\n"a,""b""",\r\nc,-3\r\n');
  });
  it('has a file name that every system takes', () => {
    expect([fileName({ title: 'Messages / second: now' }), fileName({ title: '???' }), fileName({ title: 'Été', file: undefined })]).toEqual(['messages-second-now', 'chart', 'été']);
  });
});
