import type { SegmentNode, SegmentTree } from '../../src-preload/contract/segment.js';
import { pruned } from '../../src-preload/contract/segment.js';
import type { SegmentExplanation } from '../../src-preload/contract/segment-views.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb } from '../store/db.js';
import { sql, sqlId } from '../store/sql.js';
import { compileContext, nodeSql, treeSql } from './compile.js';

/** Columns of one statement; SQLite takes 2,000. A tree has at most 200 nodes. */
const maxNodes = 1_000;

/**
 * Why an address is, or is not, in a tree: for every rule and group whether it holds of this address, by its place (`0`, `2.1`). Each is asked as SQL by itself, so that the
 * answer is the one that counting and sending give. Throws `NOT_FOUND` for an address that is not there, and what `conditionSql` throws.
 */
export function explainSegment(db: ReadDb, input: { readonly tree: SegmentTree; readonly asOf: number; readonly endpoint: number }): SegmentExplanation {
  const context = compileContext(db, input.asOf);
  const paths: string[] = [];
  const conditions: ReturnType<typeof nodeSql>[] = [];
  const visit = (node: SegmentNode, path: string): void => {
    if (node.type === 'group' && !pruned(node)) return;
    paths.push(path);
    const whole = node.type === 'group' ? pruned(node)! : node;
    conditions.push(nodeSql(whole, context));
    // A group is compiled once with its rules and once by each of them; only the statement's size counts.
    context.rules = 0;
    if (node.type === 'group') node.of.forEach((child, index) => visit(child, path === '' ? String(index) : `${path}.${index}`));
  };
  visit(input.tree.root, '');
  if (input.tree.draw) conditions.push(treeSql(input.tree, context));
  if (conditions.length > maxNodes) throw new HeliographError('BAD_INPUT', { field: 'tree', message: 'too many rules' });
  const columns = conditions.map((condition, index) => sql`ifnull((${condition}), 0) as ${sqlId(`c${index}`)}`).reduce((before, next) => sql`${before}, ${next}`, sql`1 as found`);
  const row = db.get<Record<string, number>>(sql`select ${columns} from endpoint e left join user u on u.id = e.user where e.id = ${input.endpoint}`);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'address' });
  const nodes = paths.map((path, index) => ({ path, holds: row[`c${index}`] === 1 }));
  const passes = nodes.find(({ path }) => path === '')?.holds ?? true;
  const drawn = input.tree.draw && passes ? row[`c${paths.length}`] === 1 : null;
  return { member: passes && drawn !== false, drawn, nodes: nodes.filter(({ path }) => path !== ''), commit: db.commitNumber() };
}
