import { combinedTree, combineInput, type CombineInput, type CombineResult } from '../../src-preload/contract/segment-views.js';
import type { JobKind } from '../jobs/index.js';
import { sql } from '../store/sql.js';
import { conditionSql } from './compile.js';
import { discardList, slices } from './edit-members.js';
import type { SegmentOperations } from './index.js';
import { scan } from './scan.js';

/**
 * Makes an imported segment of who is in other segments now: one snapshot says who (a million are 8 MB), then the list is filled slice by slice and shown whole. Cancelled or failed, it
 * leaves nothing. Throws what `conditionSql` throws.
 */
export const combineJob: JobKind<CombineInput, CombineResult, { segments: SegmentOperations }> = {
  run: async (context, input) => {
    const { name, op, segments } = combineInput.parse(input);
    const ids: number[] = [];
    context.snapshot(() => {
      const condition = conditionSql(context.db, combinedTree({ op, segments }), context.now());
      scan(context.db, [sql`e.id`], condition, ([found]) => {
        for (const id of found!) ids.push(id);
      });
    });
    const write = context.write.segments;
    const { list } = await write.beginList({ name });
    try {
      let done = 0;
      for (const slice of slices(ids)) {
        context.throwIfCancelled();
        context.progress(done, ids.length, 'addresses');
        await write.gatherMembers({ list, ids: slice });
        done += slice.length;
      }
      context.progress(ids.length, ids.length, 'addresses');
      return { ...(await write.showList({ list, from: { op, segments: segments.join(' ') } })), addresses: ids.length };
    } catch (error) {
      await discardList(write, list);
      throw error;
    }
  },
};
