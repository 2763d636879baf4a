export { type AddressRules, isWorkspaceWide, type NormalAddress, normaliseAddress, type RefusedAddress } from './address.js';
export {
  type Appended,
  contactFacts,
  contactReasonSql,
  eligibilityReasonSql,
  type LiftInput,
  liftSuppression,
  reasonOfSuppression,
  suppress,
  type SuppressInput,
  suppressionReasonSql,
} from './consent.js';
export { marketingStopped, recordTopicConsent, standingTopic, type TopicConsentInput, topicReasonSql, topicRequestReasonSql, topicStandings } from './topic-consent.js';
export { findTopic, openTopics, topicById, type TopicRow } from './topic.rows.js';
export { suppressSliceAddresses } from './suppression-list.js';
export { filterSql, type SegmentCondition } from './filter.js';
export { endpointViewColumns, type EndpointViewRow, toEndpointView } from './endpoint.rows.js';
export { type EndpointInput, type EndpointMatch, matchEndpoint, upsertEndpoint, type UpsertResult, type UpsertRules } from './upsert.js';
export { audienceOperations, audienceQueries } from './operations.js';
