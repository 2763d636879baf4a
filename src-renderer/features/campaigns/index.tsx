export { CampaignPage } from './campaign-page.js';
export { Campaigns } from './campaigns.js';
export { CampaignLive } from './live.js';
