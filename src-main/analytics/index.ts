export { homeQueries } from './home.js';
