export { decodeIds } from './ids.js';
export { peopleLink } from './list-state.js';
export { People, PersonLink } from './people.js';
export { Suppressions } from './suppressions.js';
export { Topics } from './topics.js';
