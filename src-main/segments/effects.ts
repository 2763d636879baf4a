import type { SegmentGroup, SegmentNode, SegmentTree } from '../../src-preload/contract/segment.js';
import type { SegmentEffects } from '../../src-preload/contract/segment-views.js';
import { systemClock } from '../platform/clock.js';
import type { ReadDb } from '../store/db.js';
import { highestId } from '../store/highest-id.js';
import { type Sql, sql, sqlJoin } from '../store/sql.js';
import { compileContext, type CompileContext, nodeSql } from './compile.js';
import { countEveryone } from './count.js';
import { scan } from './scan.js';

/** A double holds 53 whole bits; a tree with more rules than this shows no effects. */
const maxRules = 48;
/** Counters per place of the per-user arrays. */
const flagBits = 30;

/** A node of the pruned tree that remembers its place in the whole one. */
type Traced = { readonly path: string; readonly counter: number } & (
  | { readonly kind: 'rule'; readonly bit: number; readonly condition: Sql }
  | { readonly kind: 'group'; readonly match: SegmentGroup['match']; readonly of: readonly Traced[]; readonly condition: Sql }
);

/**
 * What every rule and group takes away, in people, by one scan: SQL says for each address which rules it passes (testing no rule that its group never reaches), and
 * the groups' logic runs on those bits. A person is left while any of their addresses is.
 */
export function segmentEffects(db: ReadDb, input: { readonly tree: SegmentTree; readonly asOf: number }): SegmentEffects {
  const started = systemClock.monotonic();
  const plan = trace(input.tree.root, compileContext(db, input.asOf));
  const finish = (nodes: SegmentEffects['nodes']): SegmentEffects => ({
    everyone: countEveryone(db),
    nodes,
    commit: db.commitNumber(),
    ms: Math.round(systemClock.monotonic() - started),
  });
  if (!plan || plan.rules > maxRules) return finish([]);

  const width = Math.ceil(plan.paths.length / flagBits);
  const perUser = Array.from({ length: width }, () => new Uint32Array(highestId(db, 'user') + 1));
  const people = new Array<number>(plan.paths.length).fill(0);
  const known = new Map<number, Uint32Array>();
  const flagsOf = (mask: number): Uint32Array => {
    let flags = known.get(mask);
    if (!flags) {
      flags = new Uint32Array(width);
      mark(plan.root, mask, flags);
      known.set(mask, flags);
    }
    return flags;
  };
  scan(db, [sql`coalesce(e.user, 0)`, bitsSql(plan.root)], reachSql(plan.root), ([users, masks]) => {
    for (let i = 0; i < users!.length; i++) {
      const flags = flagsOf(masks![i]!);
      const user = users![i]!;
      if (user === 0) addFlags(people, flags);
      else for (let place = 0; place < width; place++) perUser[place]![user]! |= flags[place]!;
    }
  });
  const flags = new Uint32Array(width);
  for (let user = 1; user < perUser[0]!.length; user++) {
    let any = 0;
    for (let place = 0; place < width; place++) any |= flags[place] = perUser[place]![user]!;
    if (any !== 0) addFlags(people, flags);
  }
  return finish(plan.paths.map((path, counter) => ({ path, people: people[counter]! })));
}

function addFlags(people: number[], flags: Uint32Array): void {
  for (let place = 0; place < flags.length; place++) {
    let bits = flags[place]!;
    while (bits !== 0) {
      const lowest = 31 - Math.clz32(bits & -bits);
      people[place * flagBits + lowest]!++;
      bits &= bits - 1;
    }
  }
}

interface Plan {
  readonly root: Traced & { readonly kind: 'group' };
  readonly paths: readonly string[];
  readonly rules: number;
}

/** Numbers the nodes that say something. Undefined when none does. */
function trace(root: SegmentGroup, context: CompileContext): Plan | undefined {
  const paths: string[] = [];
  let rules = 0;
  const visit = (node: SegmentNode, path: string): Traced | undefined => {
    if (node.type !== 'group') return { kind: 'rule', path, counter: paths.push(path) - 1, bit: 2 ** rules++, condition: nodeSql(node, context) };
    // The root has no line of its own; every other group's comes before its rules'.
    const counter = path === '' ? -1 : paths.push(path) - 1;
    const of = node.of.flatMap((child, index) => visit(child, path === '' ? String(index) : `${path}.${index}`) ?? []);
    if (of.length === 0) {
      if (counter >= 0) paths.pop();
      return undefined;
    }
    return { kind: 'group', path, counter, match: node.match, of, condition: joined(node.match, of) };
  };
  const traced = visit(root, '');
  return traced?.kind === 'group' ? { root: traced, paths, rules } : undefined;
}

function joined(match: SegmentGroup['match'], of: readonly Traced[]): Sql {
  const parts = of.map((child) => sql`(${child.condition})`);
  if (match === 'all') return sql`(${sqlJoin(parts, sql` and `)})`;
  return match === 'any' ? sql`(${sqlJoin(parts, sql` or `)})` : sql`(ifnull(${sqlJoin(parts, sql` or `)}, 0) = 0)`;
}

/** The bits of the rules that an address passes, as an integer. Under ALL nothing is tested after the first failure, under NONE nothing after the first match. */
function bitsSql(node: Traced): Sql {
  if (node.kind === 'rule') return sql`case when ${node.condition} then ${node.bit} else 0 end`;
  if (node.match === 'any') return sql`(${sqlJoin(node.of.map((child) => sql`(${bitsSql(child)})`), sql` + `)})`;
  const goOnWhen = node.match === 'all';
  return [...node.of].reverse().reduce<Sql>((rest, child) => {
    if (child.kind === 'rule') {
      return goOnWhen ? sql`case when ${child.condition} then ${child.bit} + (${rest}) else 0 end` : sql`case when ${child.condition} then ${child.bit} else (${rest}) end`;
    }
    return goOnWhen ? sql`((${bitsSql(child)}) + case when ${child.condition} then (${rest}) else 0 end)` : sql`((${bitsSql(child)}) + case when ${child.condition} then 0 else (${rest}) end)`;
  }, sql`0`);
}

/** Addresses that fail the first rule of an ALL count nowhere: they need not be read, and an index may serve. */
function reachSql(root: Traced & { readonly kind: 'group' }): Sql {
  const first = root.of[0]!;
  return root.match === 'all' && first.kind === 'rule' ? first.condition : sql`1`;
}

/** Whether the node holds, from the bits. */
function holds(node: Traced, mask: number): boolean {
  if (node.kind === 'rule') return Math.floor(mask / node.bit) % 2 === 1;
  if (node.match === 'all') return node.of.every((child) => holds(child, mask));
  return node.of.some((child) => holds(child, mask)) === (node.match === 'any');
}

/** Sets the counters of an address that reaches `group`. */
function mark(group: Traced & { readonly kind: 'group' }, mask: number, flags: Uint32Array): void {
  for (const child of group.of) {
    if (child.kind === 'group') mark(child, mask, flags);
    const passes = holds(child, mask) === (group.match !== 'none');
    if (passes) flags[Math.floor(child.counter / flagBits)]! |= 1 << (child.counter % flagBits);
    else if (group.match !== 'any') return;
  }
}
