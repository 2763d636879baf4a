import { describe, expect, it } from 'vitest';
import { createHygiene, isOneOff } from '../../src-main/audience/import/hygiene.js';
import { createKit, file } from './import-kit.js';

describe('hygiene of addresses', () => {
  it('sees one slip: a letter more, fewer, another, or two swapped', () => {
    for (const slip of ['gmial.com', 'gmai.com', 'gmaill.com', 'gnail.com', 'gmail.con', 'gmail.co', 'gmailcom', 'mgail.com', 'gmail.ocm']) expect(isOneOff(slip, 'gmail.com'), slip).toBe(true);
    for (const other of ['gmail.com', 'gmx.com', 'gmalii.com', 'g', '']) expect(isOneOff(other, 'gmail.com'), other).toBe(false);
  });

  it('leaves real domains and people alone', () => {
    const look = createHygiene();
    for (const fine of ['ada@gmail.com', 'ada@mail.com', 'ada@ymail.com', 'ada@beans.example', 'informer@beans.example']) expect(look(fine), fine).toBeUndefined();
    expect(look('ada@hotmial.com')).toEqual({ code: 'typo_domain', example: 'hotmial.com (hotmail.com?)' });
    expect(look('noreply@beans.example')).toEqual({ code: 'role_address', example: 'noreply@beans.example' });
  });

  it('is told with the check and rejects nobody', async () => {
    const kit = createKit();
    const { counts } = await kit.check(file('email\na@gmial.com\nb@gmial.com\nInfo@beans.example\nc@yaho.com\nada@beans.example\n'));
    expect(counts).toMatchObject({ new: 5, rejected: 0 });
    expect(counts!.warnings).toEqual([
      { code: 'typo_domain', rows: 3, firstRow: 2, column: 'email', examples: ['gmial.com (gmail.com?)', 'yaho.com (yahoo.com?)'] },
      { code: 'role_address', rows: 1, firstRow: 4, column: 'email', examples: ['info@beans.example'] },
    ]);
  });
});

describe('a CRM file with e-mail and mobile columns', () => {
  it('makes two addresses of one person, and twice the same file doubles nothing', async () => {
    const kit = createKit();
    const crm = (plan: string) => file(`First name,E-Mail,Mobile,Plan\nAda,Ada@Beans.example,+1 604 555 0182,${plan}\nZoe,zoe@beans.example,,basic\nBo,,+1 604 555 0183,basic\n`);
    const first = await kit.check(crm('basic'));
    expect(first.counts).toMatchObject({ rows: 3, new: 4, rejected: 0 });
    await kit.merge(first.uid, 'CRM');
    const of = () => kit.people().map(({ ChannelType, Address, User }) => [ChannelType, Address, User?.UserId]);
    const [ada, phone] = of();
    expect([ada!.slice(0, 2), phone!.slice(0, 2)]).toEqual([['EMAIL', 'Ada@beans.example'], ['SMS', '+16045550182']]);
    expect(ada![2]).toBeDefined();
    expect(phone![2]).toBe(ada![2]);
    const before = of();
    const again = await kit.check(crm('basic'));
    expect(again.counts).toMatchObject({ new: 0, changed: 0, same: 4, duplicates: 0 });
    await kit.merge(again.uid, 'CRM');
    const changed = await kit.check(crm('gold'));
    expect(changed.counts).toMatchObject({ new: 0, changed: 2, same: 2 });
    await kit.merge(changed.uid, 'CRM');
    expect(of()).toEqual(before);
  });
});
