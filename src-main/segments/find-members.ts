import { type EditMembersInput, pastedLimit } from '../../src-preload/contract/segment-views.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { normaliseAddress } from '../audience/index.js';
import { readSettings } from '../settings/index.js';
import type { ReadDb } from '../store/db.js';

/** Lines between two looks at whether the caller gave up. */
const slice = 2_000;

export type PastedKind = Exclude<EditMembersInput['who'], { of: 'picked' }>['of'];

export interface FoundMembers {
  /** Row ids of addresses, ascending, each once. */
  readonly ids: number[];
  /** Lines that somebody here goes by. */
  readonly found: number;
  /** The lines that nobody does, as they were pasted. */
  readonly missing: string[];
}

/** Takes a pasted list apart, in order, without repeats: one a line, or separated by commas, semicolons or tabs; `Ada <ada@example.org>` and `mailto:` are understood among addresses. */
export function pastedLines(text: string, of: PastedKind): string[] {
  const lines = new Set<string>();
  for (const piece of text.split(/[\r\n,;\t]+/)) {
    const bracketed = of === 'address' ? /<([^<>]*)>/.exec(piece)?.[1] : undefined;
    const bare = (bracketed ?? piece).trim();
    if (of !== 'address') {
      if (bare !== '') lines.add(bare);
      continue;
    }
    // Phone numbers hold spaces themselves; several e-mail addresses may stand in one line.
    const address = bare.replace(/^mailto:/i, '').replace(/^["']|["']$/g, '');
    for (const part of address.includes('@') ? address.split(/\s+/) : [address]) if (part !== '') lines.add(part);
  }
  return [...lines];
}

/**
 * Whom the lines of a pasted list mean. An address means every entry that has it, in any channel; an endpoint id is told apart from others without regard to case and may be one
 * that was merged into another; a user id means all addresses of that user. Throws `BAD_INPUT` above `pastedLimit` lines, `CANCELLED`.
 */
export function findMembers(db: ReadDb, input: { readonly of: PastedKind; readonly text: string }): FoundMembers {
  const lines = pastedLines(input.text, input.of);
  if (lines.length > pastedLimit) throw new HeliographError('BAD_INPUT', { field: 'text', message: `at most ${pastedLimit} lines at a time` });
  const idsOf = lookUp(db, input.of);
  const ids = new Set<number>();
  const missing: string[] = [];
  lines.forEach((line, index) => {
    if (index % slice === 0) db.throwIfCancelled();
    const found = idsOf(line);
    if (found.length === 0) missing.push(line);
    for (const id of found) ids.add(id);
  });
  return { ids: [...ids].sort((a, b) => a - b), found: lines.length - missing.length, missing };
}

function lookUp(db: ReadDb, of: PastedKind): (line: string) => number[] {
  const numbers = (rows: unknown[]) => (rows as { id: number }[]).map(({ id }) => id);
  switch (of) {
    case 'address': {
      const byKey = db.prepare('select id from endpoint where address_key = ?');
      const rules = { defaultCountry: readSettings(db).defaultCountry };
      return (line) => {
        const normal = normaliseAddress(line.includes('@') ? 'EMAIL' : 'SMS', line, rules);
        // What is neither an e-mail address nor a phone number may be a push token.
        return numbers(byKey.all('problem' in normal ? line : normal.addressKey));
      };
    }
    case 'endpointId': {
      const byUid = db.prepare(`select e.id from app a join endpoint e on e.app = a.id and e.uid = ?
        union select x.endpoint from app a join endpoint_alias x on x.app = a.id and x.uid = ?`);
      return (line) => numbers(byUid.all(line, line));
    }
    case 'userId': {
      const byUser = db.prepare('select e.id from user u join endpoint e on e.user = u.id where u.user_id = ?');
      return (line) => numbers(byUser.all(line.normalize('NFC')));
    }
  }
}
