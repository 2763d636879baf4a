export { compileEmail } from './compile.js';
export type { CompiledEmail, CompileOptions, MissingValue, RenderExtras } from './types.js';
