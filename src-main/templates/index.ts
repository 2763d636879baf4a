export { checkContent } from './check.js';
export { compileEmail } from './compile.js';
export type { CompiledEmail, CompileOptions, MissingValue, RenderExtras } from './types.js';
