export { decodeIds } from './ids.js';
export { peopleLink } from './list-state.js';
export { Duplicates } from './duplicates.js';
export { Erased } from './erased.js';
export { People } from './people.js';
export { PersonPage } from './person-page.js';
export { Suppressions } from './suppressions.js';
export { Topics } from './topics.js';
