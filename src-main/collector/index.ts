export { type CollectorService, type CollectorServicePorts, createCollectorService } from './service.js';
export { type Collector, type CollectorConfig, type CollectorPorts, createCollector } from './server.js';
export { type CollectorThreadData, runCollectorThread } from './thread.js';
