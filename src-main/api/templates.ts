import {
  previewInput,
  previewPeopleInput,
  templateCreateInput,
  templateGetInput,
  templateRef,
  templateRenameInput,
  templateSaveInput,
  templateVersionInput,
} from '../../src-preload/contract/template.js';
import { procedure, router } from './trpc.js';

export const templatesRouter = router({
  list: procedure.query(({ ctx }) => ctx.workspace.read.templates.list(undefined)),
  get: procedure.input(templateGetInput).query(({ ctx, input }) => ctx.workspace.read.templates.get(input)),
  versions: procedure.input(templateRef).query(({ ctx, input }) => ctx.workspace.read.templates.versions(input)),
  starters: procedure.query(({ ctx }) => ctx.workspace.read.templates.starters(undefined)),
  variables: procedure.query(({ ctx, signal }) => ctx.workspace.read.templates.variables(undefined, { signal })),
  people: procedure.input(previewPeopleInput).query(({ ctx, input, signal }) => ctx.workspace.read.templates.people(input, { signal })),
  preview: procedure.input(previewInput).query(({ ctx, input, signal }) => ctx.workspace.read.templates.preview(input, { signal })),
  create: procedure.input(templateCreateInput).mutation(({ ctx, input }) => ctx.workspace.write.templates.create(input)),
  save: procedure.input(templateSaveInput).mutation(({ ctx, input }) => ctx.workspace.write.templates.save(input)),
  rename: procedure.input(templateRenameInput).mutation(({ ctx, input }) => ctx.workspace.write.templates.rename(input)),
  duplicate: procedure.input(templateRef).mutation(({ ctx, input }) => ctx.workspace.write.templates.duplicate(input)),
  remove: procedure.input(templateRef).mutation(({ ctx, input }) => ctx.workspace.write.templates.remove(input)),
  restore: procedure.input(templateRef).mutation(({ ctx, input }) => ctx.workspace.write.templates.restore(input)),
  restoreVersion: procedure.input(templateVersionInput).mutation(({ ctx, input }) => ctx.workspace.write.templates.restoreVersion(input)),
});
