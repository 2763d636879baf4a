export { homeQueries } from './home.js';
export { iterateRecipients } from './campaign-report-recipients.js';
export { campaignReport, reportQueries } from './campaign-report.js';
