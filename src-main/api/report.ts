import { heatMapInput, reportCountInput, reportInput, reportRecipientsInput } from '../../src-preload/contract/report.js';
import { procedure, router } from './trpc.js';

export const reportRouter = router({
  campaign: procedure.input(reportInput).query(({ ctx, input, signal }) => ctx.workspace.read.report.campaign(input, { signal })),
  heatMap: procedure.input(heatMapInput).query(({ ctx, input, signal }) => ctx.workspace.read.report.heatMap(input, { signal })),
  count: procedure.input(reportCountInput).query(({ ctx, input, signal }) => ctx.workspace.read.report.count(input, { signal })),
  recipients: procedure.input(reportRecipientsInput).query(({ ctx, input, signal }) => ctx.workspace.read.report.recipients(input, { signal })),
});
