import { runElectron } from './shells/electron/electron.js';

runElectron(import.meta.dirname);
