import { test, expect } from 'vitest';
import { channels } from '../../src-preload/contract/common.js';
import { importFields, parseTargetKey, targetKey } from '../../src-preload/contract/import.js';
test('every target is read back from its key; other words are none', () => {
  const keys = [
    'ignore',
    'unsubscribed',
    'subscribed',
    'subscribed:SMS',
    'unsubscribed:EMAIL',
    'Address',
    ...channels.map((c) => `Address:${c}`),
    ...importFields,
    'Attributes.a.b: c',
    'Metrics.__proto__',
    'User.UserAttributes.x',
  ];
  expect(
    keys.map((key) => {
      const target = parseTargetKey(key);
      return target && targetKey(target);
    }),
  ).toEqual(keys);
  for (const key of ['', 'nothing', 'Address:FAX', 'subscribed:', 'Attributes.', 'Attributes. ', `Metrics.${'x'.repeat(201)}`, 'constructor'])
    expect(parseTargetKey(key)).toBeUndefined();
});
