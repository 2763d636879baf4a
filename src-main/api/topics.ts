import { z } from 'zod';
import { addressRef, topicActInput, topicInput, topicNames, topicUid } from '../../src-preload/contract/topic.js';
import { procedure, router } from './trpc.js';

const uid = z.strictObject({ uid: topicUid });

export const topicsRouter = router({
  list: procedure.query(({ ctx, signal }) => ctx.workspace.read.audience.listTopics(undefined, { signal })),
  create: procedure.input(topicInput).mutation(({ ctx, input }) => ctx.workspace.write.audience.createTopic(input)),
  rename: procedure.input(topicNames.extend({ uid: topicUid })).mutation(({ ctx, input }) => ctx.workspace.write.audience.renameTopic(input)),
  archive: procedure.input(uid).mutation(({ ctx, input }) => ctx.workspace.write.audience.archiveTopic(input)),
  unarchive: procedure.input(uid).mutation(({ ctx, input }) => ctx.workspace.write.audience.unarchiveTopic(input)),
  history: procedure.input(addressRef).query(({ ctx, input, signal }) => ctx.workspace.read.audience.topicHistory(input, { signal })),
  /** One address: yes with a reason, no, or a request to confirm. */
  set: procedure.input(topicActInput).mutation(({ ctx, input }) => ctx.workspace.write.audience.setTopicConsent(input, { priority: 'claim' })),
});
