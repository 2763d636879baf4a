export { createEraseService, type EraseService } from './service.js';
