import { HeliographError } from '../../src-preload/contract/errors.js';
import { pruned, rulesOf, type SegmentGroup, type SegmentNode, type SegmentRule, type SegmentTree, treeText } from '../../src-preload/contract/segment.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql, sqlJoin } from '../store/sql.js';
import { peopleSql } from './compile-people.js';
import { not, orderSql, personSql, ruleCost, ruleSql } from './compile-rule.js';
import { drawCutoff, peopleIn } from './draw.js';
import { memberSet, segmentById, segmentByUid, treeOf } from './segment.rows.js';

/** A version of a segment by row ids. An imported segment answers with the list it has now, whatever the version. */
export interface SegmentRef {
  readonly segment: number;
  readonly version: number;
}

/** Rules of one statement, other segments' included. Segments that name segments can multiply; SQLite's own limits are far above this. */
const maxRules = 2_000;

/** What compiling one statement carries along: where segments are read, and which are being compiled, so that a circle is found. */
export interface CompileContext {
  readonly db: ReadDb;
  readonly asOf: number;
  readonly open: { readonly uid: string; readonly name: string }[];
  rules: number;
  /** Whether draws are made, each by a scan of everybody; otherwise a tree is only looked at. */
  readonly draws: boolean;
  /** Where draws ended, by their tree: segments that name each other ask again. */
  readonly cutoffs: Map<string, number>;
}

export function compileContext(db: ReadDb, asOf: number, draws = true): CompileContext {
  return { db, asOf, open: [], rules: 0, draws, cutoffs: new Map() };
}

/**
 * A tree as one SQL condition over `endpoint e left join user u on u.id = e.user`: 1 for members, 0 or null for others. A tree without rules gives `1`.
 * `asOf` is the instant "now" means in a rule, UTC ms. Conditions leave the rowid and country indexes usable and no other; run them in ranges of `e.id`.
 * A draw of people is made here and now, by a scan, so that the condition says who: run it in the same snapshot.
 * Throws `NOT_FOUND` for a segment that is not there, `SEGMENT_CYCLE` naming the segments of a circle, `BAD_INPUT` above 2,000 rules in all, `CANCELLED` while it draws.
 */
export function conditionSql(db: ReadDb, tree: SegmentTree, asOf: number): Sql {
  return treeSql(tree, compileContext(db, asOf));
}

/** Throws what `conditionSql` would. Nothing is run. */
export function assertCondition(db: ReadDb, tree: SegmentTree, asOf: number): void {
  treeSql(tree, compileContext(db, asOf, false));
}

/** Throws what `conditionSql` would, for a tree that is about to be stored in `segment`. Nothing is run. */
export function assertCompiles(db: ReadDb, tree: SegmentTree, segment?: { readonly uid: string; readonly name: string }): void {
  const context = compileContext(db, 0, false);
  if (segment) context.open.push(segment);
  treeSql(tree, context);
  for (const rule of rulesOf(tree.root)) {
    if (rule.type === 'segment' && segmentByUid(db, rule.segment)?.deleted_at !== null) throw new HeliographError('NOT_FOUND', { what: 'segment', uid: rule.segment });
  }
}

/**
 * The endpoints in a version of a segment: `select e.id from endpoint e left join user u on u.id = e.user where …`, open at the end so that a caller may add
 * ` and e.id > …`. Throws as `conditionSql`, and `NOT_FOUND` for an unknown version. Deleted segments still answer: a run that was launched keeps its meaning.
 */
export function segmentMembersSql(db: ReadDb, ref: SegmentRef, asOf: number): Sql {
  const row = segmentById(db, ref.segment);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'segment', id: ref.segment });
  const condition =
    row.kind === 'imported'
      ? memberSql(memberSet(row))
      : (() => {
          const context = compileContext(db, asOf);
          context.open.push(row);
          return treeSql(treeOf(db, row, ref.version), context);
        })();
  return sql`select e.id from endpoint e left join user u on u.id = e.user where (${condition})`;
}

/** Who is in a segment now, by its uid, as a condition like `conditionSql`; nobody where it is not there. */
export function segmentCondition(db: ReadDb, uid: string, asOf: number): Sql {
  const row = segmentByUid(db, uid);
  if (!row || row.deleted_at !== null) return sql`0`;
  if (row.kind === 'imported') return memberSql(memberSet(row));
  const context = compileContext(db, asOf);
  context.open.push(row);
  return treeSql(treeOf(db, row, row.version), context);
}

/** A tree as one condition, its draw included. */
export function treeSql(tree: SegmentTree, context: CompileContext): Sql {
  const root = pruned(tree.root);
  const rules = root ? nodeSql(root, context) : sql`1`;
  if (!tree.draw || !context.draws) return rules;
  const key = treeText(tree);
  let cutoff = context.cutoffs.get(key);
  if (cutoff === undefined) context.cutoffs.set(key, (cutoff = drawCutoff(peopleIn(context.db, rules), tree.draw)));
  return sql`(${orderSql(tree.draw.seed)} <= ${cutoff} and (${rules}))`;
}

export function nodeSql(node: SegmentNode, context: CompileContext): Sql {
  return node.type === 'group' ? groupSql(node, context) : anyRuleSql(node, context);
}

function groupSql(group: SegmentGroup, context: CompileContext): Sql {
  // SQLite tests the terms of an AND or OR in order: the cheap ones go first. The answer does not depend on it.
  const parts = [...group.of].sort((a, b) => nodeCost(a) - nodeCost(b)).map((node) => nodeSql(node, context));
  switch (group.match) {
    case 'all':
      return sql`(${sqlJoin(parts, sql` and `)})`;
    case 'any':
      return sql`(${sqlJoin(parts, sql` or `)})`;
    case 'none':
      return sql`(${sqlJoin(parts.map(not), sql` and `)})`;
  }
}

function nodeCost(node: SegmentNode): number {
  return node.type === 'group' ? node.of.reduce((sum, child) => sum + nodeCost(child), 0) : ruleCost(node);
}

function anyRuleSql(rule: SegmentRule, context: CompileContext): Sql {
  if (++context.rules > maxRules) throw new HeliographError('BAD_INPUT', { field: 'tree', message: 'too many rules in this segment and those it names' });
  if (rule.type === 'event' || rule.type === 'history') {
    const { people, among } = peopleSql(rule, context.asOf);
    const inside = sql`${personSql(sql`e`)} in (${people})`;
    return among ? inside : not(inside);
  }
  if (rule.type !== 'segment') return ruleSql(rule, context.asOf);
  const { db, open } = context;
  const row = segmentByUid(db, rule.segment);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'segment', uid: rule.segment });
  if (open.some((one) => one.uid === row.uid)) throw new HeliographError('SEGMENT_CYCLE', { name: row.name, through: [...open.map((one) => one.name), row.name].join(' → ') });
  let member: Sql;
  if (row.kind === 'imported') member = memberSql(memberSet(row));
  else {
    open.push(row);
    member = treeSql(treeOf(db, row, rule.version ?? row.version), context);
    open.pop();
  }
  return rule.op === 'in' ? member : not(member);
}

function memberSql(set: number): Sql {
  return sql`exists (select 1 from segment_member m where m.segment = ${set} and m.endpoint = e.id)`;
}
