export { createScheduler, type Scheduler, type SchedulerPorts } from './scheduler.js';
export { createSender, type SenderPorts } from './sender.js';
export { connectSender, runSenderThread } from './sender-thread.js';
export type { OpenableConnection, RunEnded, Sender, SenderJob, SenderLinks } from './sender-port.js';
export type { OpenConnection } from './shared-connection.js';
export { deliveryOperations, deliveryQueries } from './operations.js';
export { messageIdOf } from './compose.js';
