export { conditionSql, segmentMembersSql, type SegmentRef } from './compile.js';
