import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Piece, piecesOf } from '../../src-main/bring-over/documents.js';
import { planCampaigns } from '../../src-main/bring-over/plan-campaigns.js';
import { planSegments } from '../../src-main/bring-over/plan-segments.js';
import { planTemplates } from '../../src-main/bring-over/plan-templates.js';
import { uidOf } from '../../src-main/bring-over/ids.js';

interface Note {
  readonly code: string;
  readonly detail?: object;
}
interface Case {
  readonly name: string;
  readonly documents: readonly unknown[];
  readonly left: readonly { readonly name: string; readonly note: Note; readonly text?: string }[];
}
const read = <T>(name: string) => JSON.parse(readFileSync(resolve(import.meta.dirname, '../vectors/bring-over', name), 'utf8')) as { cases: (Case & T)[] };

function of<K extends Piece['kind']>(documents: readonly unknown[], kind: K): { file: string; value: Extract<Piece, { kind: K }> }[] {
  return documents.flatMap((document, i) => piecesOf(document).map((value) => ({ file: `${i}.json`, value }))).filter((one): one is { file: string; value: Extract<Piece, { kind: K }> } => one.value.kind === kind);
}
const found = <V>(pieces: readonly { file: string; value: { readonly value: V } }[]) => pieces.map(({ file, value }) => ({ file, value: value.value }));
const codes = (notes: readonly Note[]) => notes.map(({ code }) => code);

describe('segments', () => {
  it.each(read<{ segments: { name: string; kind: string; uid?: string; versions: object[]; notes: string[] }[]; here?: Record<string, { name: string; imported: boolean }> }>('segments.json').cases)('$name', (one) => {
    const { planned, left } = planSegments(found(of(one.documents, 'segment')), (uid) => one.here?.[uid]);
    expect(planned.map(({ name, kind, uid, versions, notes }) => ({ name, kind, uid, versions: versions.map(({ root }) => root), notes: codes(notes) }))).toMatchObject(one.segments);
    expect(planned).toHaveLength(one.segments.length);
    expect(left.map(({ name, left: note }) => ({ name, note }))).toEqual(one.left);
  });
});

describe('templates', () => {
  it.each(read<{ templates: { name: string; versions: object[]; notes: string[] }[]; other?: object[] }>('templates.json').cases)('$name', (one) => {
    const other = of(one.documents, 'otherTemplate').map(({ value }) => value);
    const { planned, left } = planTemplates(found(of(one.documents, 'template')), found(of(one.documents, 'templateList')), new Set(other.map(({ name }) => name)));
    expect(planned.map(({ name, versions, notes }) => ({ name, versions, notes: codes(notes) }))).toMatchObject(one.templates);
    expect(planned).toHaveLength(one.templates.length);
    expect(left.map(({ name, left: note }) => ({ name, note }))).toMatchObject(one.left);
    expect(left).toHaveLength(one.left.length);
    expect(other.map(({ type, name, text }) => ({ type, name, text }))).toEqual(one.other ?? []);
  });
});

describe('campaigns', () => {
  it.each(read<{ campaigns: { name: string; notes: string[] }[] }>('campaigns.json').cases)('$name', (one) => {
    const { planned, left } = planCampaigns(found(of(one.documents, 'campaign')), {
      segment: (id) => (id === 'b66c9e42f71444b2aa2e0ffc1df28f60' ? uidOf('segment', id) : undefined),
      template: (name, version) => (name === 'welcome' ? { uid: 'T:welcome', version: version === '9' ? 1 : undefined } : undefined),
    });
    expect(planned.map((plan) => ({ ...plan, notes: codes(plan.notes) }))).toMatchObject(one.campaigns);
    expect(planned).toHaveLength(one.campaigns.length);
    expect(left.map(({ name, left: note, text }) => ({ name, note, text }))).toMatchObject(one.left);
    expect(left).toHaveLength(one.left.length);
  });
});

it('keeps ids that are UUIDs, and makes one of every other', () => {
  expect(uidOf('segment', 'b66c9e42f71444b2aa2e0ffc1df28f60')).toBe('b66c9e42-f714-44b2-aa2e-0ffc1df28f60');
  expect(uidOf('campaign', '000000000000000000000000000000ff')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uidOf('template', 'welcome')).toBe(uidOf('template', 'welcome'));
  expect(uidOf('template', 'welcome')).not.toBe(uidOf('template', 'Welcome'));
});
