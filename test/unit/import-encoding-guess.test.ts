import { expect, test } from 'vitest';
import { inspectFile } from '../../src-main/audience/import/inspect.js';
import { createKit, file } from './import-kit.js';

/** "Michał" in Windows-1250: the bytes are as good in Windows-1252, as "Micha³". */
const polish = () => file(Buffer.concat([Buffer.from('email,FirstName\nada@b.co,Ada\nmic@b.co,Micha'), Buffer.from([0xb3]), Buffer.from('\n')]));

test('an encoding that nothing proves is told as guessed, with the rows that depend on it', async () => {
  expect((await inspectFile(polish())).format).toMatchObject({ encoding: 'windows-1252', encodingGuessed: true });
  const { counts } = await createKit().check(polish());
  expect(counts).toMatchObject({ new: 2, rejected: 0, warnings: [{ code: 'encoding_guessed', rows: 1, firstRow: 3, column: '' }] });
});

test('one that a person says, that the bytes prove, or that nothing depends on is not', async () => {
  expect((await inspectFile(polish(), { encoding: 'windows-1252' })).format.encodingGuessed).toBeUndefined();
  for (const path of [file('email,FirstName\nmic@b.co,Michał\n'), file('email,FirstName\nmic@b.co,Michal\n')]) {
    expect((await inspectFile(path)).format.encodingGuessed).toBeUndefined();
    expect((await createKit().check(path)).counts?.warnings).toEqual([]);
  }
});
