export { SegmentPage } from './segment-page.js';
export { Segments } from './segments.js';
