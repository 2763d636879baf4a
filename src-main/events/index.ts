export { appendEvent, type EventFact, eventTypeId, hasEvent } from './event.rows.js';
