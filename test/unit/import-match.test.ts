import { describe, expect, it } from 'vitest';
import { sql } from '../../src-main/store/sql.js';
import type { ImportMatch } from '../../src-preload/contract/import.js';
import { createKit, file, type Kit, refusal } from './import-kit.js';

const csv = (...rows: readonly string[]) => file(['Id,ChannelType,Address,User.UserId,OptOut,EndpointStatus', ...rows, ''].join('\n'));
const state = (kit: Kit) => kit.people().map(({ Id, Address, EndpointStatus, OptOut, User }) => `${Id.length > 20 ? '-' : Id} ${Address} ${EndpointStatus} ${OptOut} ${User?.UserId ?? '-'}`);

async function run(kit: Kit, path: string, match: ImportMatch) {
  const { uid, counts } = await kit.check(path, { match });
  const { merged } = await kit.merge(uid);
  return { uid, counts: counts!, merged: merged! };
}
/** People that are there before. */
async function having(...rows: readonly string[]): Promise<Kit> {
  const kit = createKit();
  await run(kit, csv(...rows), 'auto');
  return kit;
}

describe('by the id alone', () => {
  it('an unknown id is a new endpoint that takes its address over, with the opt-out', async () => {
    const kit = await having('e1,EMAIL,a@x.example,,ALL,');
    const { uid, counts, merged } = await run(kit, csv('e2,EMAIL,a@x.example,,,'), 'id');
    expect([counts.new, merged.new]).toEqual([1, 1]);
    expect(state(kit)).toEqual(['e1 a@x.example INACTIVE ALL -', 'e2 a@x.example ACTIVE ALL -']);
    await kit.undo(uid);
    expect(state(kit)).toEqual(['e1 a@x.example ACTIVE ALL -']);
    // The way it always was: another name of the same.
    await run(kit, csv('e3,EMAIL,a@x.example,,,'), 'auto');
    expect(state(kit)).toHaveLength(1);
  });

  it('an unknown inactive one takes nothing over; the same file again changes nothing', async () => {
    const kit = await having('e1,EMAIL,a@x.example,,,');
    const path = csv('e2,EMAIL,a@x.example,,,INACTIVE', 'e1,EMAIL,b@x.example,,,');
    await run(kit, path, 'id');
    expect(state(kit)).toEqual(['e1 b@x.example ACTIVE NONE -', 'e2 a@x.example INACTIVE NONE -']);
    expect((await run(kit, path, 'id')).counts).toMatchObject({ new: 0, changed: 0, same: 2 });
  });

  it('two ids of one address in the file are two endpoints, the later one active, in an empty workspace too', async () => {
    for (const kit of [createKit(), await having('e9,EMAIL,z@x.example,,,')]) {
      const { counts, merged } = await run(kit, csv('e1,EMAIL,a@x.example,,,', 'e2,EMAIL,a@x.example,,,'), 'id');
      expect([counts.new, counts.duplicates, merged.new]).toEqual([2, 0, 2]);
      expect(state(kit).slice(-2)).toEqual(['e1 a@x.example INACTIVE NONE -', 'e2 a@x.example ACTIVE NONE -']);
    }
  });

  it('rows without an id are rejected, and so is a mapping without one', async () => {
    const kit = createKit();
    expect((await run(kit, csv(',EMAIL,a@x.example,,,', 'e1,EMAIL,b@x.example,,,'), 'id')).counts).toMatchObject({ new: 1, rejectedBy: { id_missing: 1 } });
    expect(await refusal(kit.check(file('email\na@x.example\n'), { match: 'id' }))).toMatchObject({ code: 'MAPPING_INVALID' });
  });
});

describe('by the address alone', () => {
  it('whatever ids the file has, they name nothing', async () => {
    const kit = await having('e1,EMAIL,a@x.example,,,', 'e2,EMAIL,b@x.example,,,');
    const path = csv('e2,EMAIL,a@x.example,u1,,', 'e2,EMAIL,c@x.example,,,', 'e2,EMAIL,,u1,,');
    const { counts } = await run(kit, path, 'address');
    expect(counts).toMatchObject({ new: 1, changed: 1, duplicates: 0, rejectedBy: { address_missing: 1 } });
    expect(state(kit)).toEqual(['e1 a@x.example ACTIVE NONE u1', 'e2 b@x.example ACTIVE NONE -', '- c@x.example ACTIVE NONE -']);
    expect((await run(kit, path, 'address')).counts).toMatchObject({ new: 0, changed: 0, same: 2 });
    expect(kit.store.db.all(sql`select * from endpoint_alias`)).toEqual([]);
  });

  it('one address under two ids is one row of the file', async () => {
    const kit = createKit();
    expect((await run(kit, csv('e1,EMAIL,a@x.example,,,', 'e2,EMAIL,A@x.example,,,'), 'address')).counts).toMatchObject({ new: 1, duplicates: 1 });
    expect(state(kit)).toHaveLength(1);
  });
});

describe('by user id and channel', () => {
  it('a new address replaces the one that the person had, and only of that channel', async () => {
    const kit = await having('e1,EMAIL,a@x.example,u1,ALL,', 'e2,SMS,+16045550182,u1,,');
    const path = csv(',EMAIL,b@x.example,u1,,', ',EMAIL,c@x.example,u2,,');
    const { uid, counts } = await run(kit, path, 'user');
    expect(counts).toMatchObject({ new: 1, changed: 1 });
    expect(state(kit)).toEqual(['e1 b@x.example ACTIVE ALL u1', 'e2 +16045550182 ACTIVE NONE u1', '- c@x.example ACTIVE NONE u2']);
    expect((await run(kit, path, 'user')).counts).toMatchObject({ new: 0, changed: 0, same: 2 });
    await kit.undo(uid);
    expect(state(kit)).toEqual(['e1 a@x.example ACTIVE ALL u1', 'e2 +16045550182 ACTIVE NONE u1']);
  });

  it('an address of nobody becomes theirs; that of somebody else changes hands', async () => {
    const kit = await having('e1,EMAIL,a@x.example,,,INACTIVE', 'e2,EMAIL,b@x.example,u2,ALL,');
    const path = csv(',EMAIL,a@x.example,u1,,', ',EMAIL,b@x.example,u3,,');
    await run(kit, path, 'user');
    expect(state(kit)).toEqual(['e1 a@x.example INACTIVE NONE u1', 'e2 b@x.example INACTIVE ALL u2', '- b@x.example ACTIVE ALL u3']);
    expect((await run(kit, path, 'user')).counts).toMatchObject({ new: 0, changed: 0, same: 2 });
  });

  it('whoever has several addresses of the channel is named by one of them, or the row is rejected', async () => {
    const kit = await having('e1,EMAIL,a@x.example,u1,,', 'e2,EMAIL,b@x.example,u1,,');
    expect((await run(kit, csv(',EMAIL,a@x.example,u1,ALL,'), 'user')).counts).toMatchObject({ changed: 1 });
    expect((await run(kit, csv(',EMAIL,c@x.example,u1,,', ',EMAIL,d@x.example,,,'), 'user')).counts).toMatchObject({ new: 0, rejectedBy: { several_endpoints: 1, user_missing: 1 } });
    expect(state(kit)).toEqual(['e1 a@x.example ACTIVE ALL u1', 'e2 b@x.example ACTIVE NONE u1']);
  });

  it('of two rows of one person the last holds, in an empty workspace too; two persons of one address are both there', async () => {
    for (const kit of [createKit(), await having('e9,EMAIL,z@x.example,,,')]) {
      const { counts } = await run(kit, csv(',EMAIL,a@x.example,u1,ALL,', ',EMAIL,b@x.example,u1,,', ',EMAIL,b@x.example,u2,,'), 'user');
      expect(counts).toMatchObject({ new: 2, duplicates: 1 });
      expect(state(kit).slice(-2)).toEqual(['- b@x.example INACTIVE ALL u1', '- b@x.example ACTIVE ALL u2']);
    }
  });

  it('rows that give several addresses need the user id too', async () => {
    const kit = createKit();
    const path = file('email,mobile,customer_id\na@x.example,+16045550182,u1\nb@x.example,+16045550183,\n');
    const { uid, counts } = await kit.check(path, { match: 'user', mapping: (guess) => guess.map((column) => (column.header === 'customer_id' ? { ...column, target: { to: 'field', field: 'User.UserId' } } : column)) });
    expect(counts).toMatchObject({ new: 2, rejectedBy: { user_missing: 1 } });
    await kit.merge(uid);
    expect(state(kit)).toHaveLength(2);
  });
});
