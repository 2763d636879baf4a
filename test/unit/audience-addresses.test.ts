import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseAddress } from '../../src-main/audience/index.js';
import { splitAddresses } from '../../src-preload/contract/audience.js';
import type { Channel } from '../../src-preload/contract/common.js';

const long = (n: number) => 'a'.repeat(n);

describe('normaliseAddress', () => {
  it.each<[Channel, string, string | undefined, object]>([
    // e-mail
    ['EMAIL', '  Ada.Lovelace@Example.ORG ', undefined, { address: 'Ada.Lovelace@example.org', addressKey: 'ada.lovelace@example.org' }],
    ['EMAIL', 'ada+news@sub.example.co.uk', undefined, { address: 'ada+news@sub.example.co.uk', addressKey: 'ada+news@sub.example.co.uk' }],
    ['EMAIL', "o'brien!#$%&*/=?^`{|}~@example.org", undefined, { address: "o'brien!#$%&*/=?^`{|}~@example.org", addressKey: "o'brien!#$%&*/=?^`{|}~@example.org" }],
    ['EMAIL', 'info@bücher.example', undefined, { address: 'info@xn--bcher-kva.example', addressKey: 'info@xn--bcher-kva.example' }],
    ['EMAIL', 'info@XN--BCHER-KVA.example', undefined, { address: 'info@xn--bcher-kva.example', addressKey: 'info@xn--bcher-kva.example' }],
    ['EMAIL', 'Jose\u0301@example.org', undefined, { address: 'Jos\u00e9@example.org', addressKey: 'jos\u00e9@example.org' }],
    ['EMAIL', '', undefined, { problem: 'empty' }],
    ['EMAIL', ' \u00a0 ', undefined, { problem: 'empty' }],
    ['EMAIL', 'ada', undefined, { problem: 'bad_email' }],
    ['EMAIL', '@example.org', undefined, { problem: 'bad_email' }],
    ['EMAIL', 'ada@@example.org', undefined, { problem: 'bad_email' }],
    ['EMAIL', '.ada@example.org', undefined, { problem: 'bad_email' }],
    ['EMAIL', 'ada..l@example.org', undefined, { problem: 'bad_email' }],
    ['EMAIL', '"ada l"@example.org', undefined, { problem: 'bad_email' }],
    ['EMAIL', 'ada l@example.org', undefined, { problem: 'bad_email' }],
    ['EMAIL', 'ada<b>@example.org', undefined, { problem: 'bad_email' }],
    ['EMAIL', 'a\u200bda@example.org', undefined, { problem: 'bad_email' }],
    ['EMAIL', 'ada@example.org\r\nBcc: all@example.org', undefined, { problem: 'control_character' }],
    ['EMAIL', 'ada\u0000@example.org', undefined, { problem: 'control_character' }],
    ['EMAIL', 'ada@localhost', undefined, { problem: 'bad_domain' }],
    ['EMAIL', 'ada@example', undefined, { problem: 'bad_domain' }],
    ['EMAIL', 'ada@1', undefined, { problem: 'bad_domain' }],
    ['EMAIL', 'ada@[127.0.0.1]', undefined, { problem: 'bad_domain' }],
    ['EMAIL', 'ada@127.0.0.1', undefined, { problem: 'bad_domain' }],
    ['EMAIL', 'ada@exa%6dple.org', undefined, { problem: 'bad_domain' }],
    ['EMAIL', 'ada@example.org/x', undefined, { problem: 'bad_domain' }],
    ['EMAIL', 'ada@-example.org', undefined, { problem: 'bad_domain' }],
    ['EMAIL', 'ada@example..org', undefined, { problem: 'bad_domain' }],
    ['EMAIL', 'ada@example.org.', undefined, { problem: 'bad_domain' }],
    ['EMAIL', 'ada@exa_mple.org', undefined, { problem: 'bad_domain' }],
    ['EMAIL', `${long(64)}@example.org`, undefined, { address: `${long(64)}@example.org`, addressKey: `${long(64)}@example.org` }],
    ['EMAIL', `${long(65)}@example.org`, undefined, { problem: 'too_long' }],
    ['EMAIL', `${'é'.repeat(33)}@example.org`, undefined, { problem: 'too_long' }],
    ['EMAIL', `a@${`${long(60)}.`.repeat(4)}example.org`, undefined, { problem: 'too_long' }],
    ['EMAIL', `${long(5_000_000)}@example.org`, undefined, { problem: 'too_long' }],
    // phones
    ['SMS', '+44 (20) 7946-0958', undefined, { address: '+442079460958', addressKey: '+442079460958' }],
    ['SMS', '0170 1234567', 'DE', { address: '+491701234567', addressKey: '+491701234567' }],
    ['VOICE', '16045550182', undefined, { address: '+16045550182', addressKey: '+16045550182' }],
    ['SMS', '0170 1234567', undefined, { problem: 'country_needed' }],
    ['SMS', '0170 1234567', 'ZZ', { problem: 'country_needed' }],
    ['SMS', '+12', undefined, { problem: 'bad_phone' }],
    ['SMS', '+1604555018', undefined, { problem: 'bad_phone' }],
    ['SMS', 'call +16045550182', undefined, { problem: 'bad_phone' }],
    ['SMS', '+16045550182 ext 5', undefined, { problem: 'bad_phone' }],
    ['SMS', '+1604\n5550182', undefined, { problem: 'control_character' }],
    ['SMS', ' ', undefined, { problem: 'empty' }],
    // tokens
    ['GCM', ' tOKEN:x ', undefined, { address: ' tOKEN:x ', addressKey: ' tOKEN:x ' }],
    ['APNS', '', undefined, { problem: 'empty' }],
    ['CUSTOM', 'a\u0007b', undefined, { problem: 'control_character' }],
    ['GCM', long(4097), undefined, { problem: 'too_long' }],
  ])('%s %j (%s)', (channel, address, defaultCountry, expected) => {
    expect(normaliseAddress(channel, address, { defaultCountry })).toEqual(expected);
  });

  it('is at rest after one pass, and its key does not depend on case or normal form', () => {
    const local = fc.stringMatching(/^[A-Za-z0-9é!#$%&'*+/=?^_`{|}~-]{1,20}(\.[A-Za-zöÅ0-9]{1,10})?$/u);
    const domain = fc.stringMatching(/^[A-Za-z0-9ü]{1,20}\.(example|org|Bücher\.de)$/u);
    fc.assert(
      fc.property(local, domain, (l, d) => {
        const once = normaliseAddress('EMAIL', `${l}@${d}`);
        if ('problem' in once) return false;
        const again = normaliseAddress('EMAIL', once.address);
        const shouted = normaliseAddress('EMAIL', `${l.normalize('NFD')}@${d.toUpperCase()}`);
        return 'address' in again && again.address === once.address && again.addressKey === once.addressKey && 'address' in shouted && shouted.addressKey === once.addressKey;
      }),
    );
  });

  it('never lets a line break or a control character into an address', () => {
    fc.assert(
      fc.property(fc.constantFrom<Channel>('EMAIL', 'SMS', 'GCM'), fc.string({ unit: 'binary' }), (channel, text) => {
        const result = normaliseAddress(channel, text);
        return 'problem' in result || !/\p{Cc}/u.test(result.address);
      }),
    );
  });
});

describe('splitAddresses', () => {
  it('reads what people paste from a mail program or a spreadsheet', () => {
    const text = 'ada@example.org, Charles <charles@example.org>;\r\nmailto:mary@example.org?subject=unsubscribe\n"grace@example.org"\tjoan@example.org alan@example.org\n\n ada@example.org';
    expect(splitAddresses(text, 'EMAIL')).toEqual(['ada@example.org', 'charles@example.org', 'mary@example.org', 'grace@example.org', 'joan@example.org', 'alan@example.org']);
  });
  it('keeps the spaces of phone numbers', () => {
    expect(splitAddresses('+44 20 7946 0958\n0170 123 45 67', 'SMS')).toEqual(['+44 20 7946 0958', '0170 123 45 67']);
  });
});
