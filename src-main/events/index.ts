export { appendEvent, type EventFact, eventTypeId } from './event.rows.js';
