import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type SuppressListCheck, suppressManyInput } from '../../../src-preload/contract/audience.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Client } from './connect.js';
import type { Output } from './output.js';

export const suppressReasons = suppressManyInput.shape.reason.options;

export interface SuppressOptions {
  readonly reason: string;
  readonly scope: string;
  readonly channel: string;
  readonly note?: string;
  readonly dryRun?: boolean;
}

/** Suppresses the addresses of a file, or says what that would do. Throws `FILE_UNREADABLE` and `BAD_INPUT`. */
export async function suppressFile(client: Client, file: string, { dryRun = false, channel, reason, scope, note }: SuppressOptions, output: Output): Promise<void> {
  const path = resolve(file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new HeliographError('FILE_UNREADABLE', { file: basename(path), message: cause instanceof Error ? cause.message : '' }, { cause });
  });
  const parsed = suppressManyInput.safeParse({ channel, reason, scope, ...(note === undefined ? {} : { note }), text, file: basename(path).slice(0, 200) });
  if (!parsed.success) throw new HeliographError('BAD_INPUT', { field: parsed.error.issues[0]?.path.join('.') ?? '', message: parsed.error.issues[0]?.message ?? '' });
  const check = await (dryRun ? client.suppressions.check : client.suppressions.add).mutate(parsed.data);
  const numbers = { list: check.kind, added: check.added, already: check.already, unknown: check.unknown, invalid: check.invalid, rejected: check.invalidList };
  output.result(`${dryRun ? 'Dry run: ' : ''}${inWords(check)}`, { event: dryRun ? 'checked' : 'suppressed', ...numbers });
}

function inWords({ added, already, unknown, invalid, invalidList }: SuppressListCheck): string {
  const n = (value: number) => value.toLocaleString('en');
  const first = invalidList.length > 0 ? ` Not an address: ${invalidList.slice(0, 5).join('; ')}${invalid > 5 ? '; ...' : ''}.` : '';
  return `${n(added)} new (${n(unknown)} nobody's here), ${n(already)} suppressed already, ${n(invalid)} not an address.${first}`;
}
