import { type Expression, type Program, type Statement, syntaxError } from './ast.js';
import type { Draw, Environment } from './environment.js';
import { compileExpression, type Evaluate } from './expressions.js';
import type { RenderState, Scope } from './state.js';
import { compileProgram } from './statements.js';
import type { Value } from './value.js';

type Partial = Extract<Statement, { type: 'PartialStatement' }>;
type PartialBlock = Extract<Statement, { type: 'PartialBlockStatement' }>;

function partialName(node: Expression): string | undefined {
  if (node.type === 'PathExpression') return node.data ? `@${node.parts.join('.')}` : node.original;
  return node.type === 'StringLiteral' || node.type === 'NumberLiteral' ? String(node.value) : undefined;
}

/**
 * Takes up the inline partials of a program. They see what their own place sees, and each other; what they draw counts as conditional,
 * since whether and how often they are called is decided elsewhere.
 */
export function definePartials(program: Program, outer: Environment): Environment {
  const definitions = program.body.filter((statement) => statement.type === 'DecoratorBlock');
  if (definitions.length === 0) return outer;
  const partials = new Map(outer.partials);
  // What callers hand in by name is a parameter of the body, not something a person should have.
  const env: Environment = { ...outer, partials };
  const params = new Set([...outer.params, ...handedIn(program)]);
  const found = definitions.map((node) => {
    const name = node.params[0] && partialName(node.params[0]);
    if (node.path.type !== 'PathExpression' || node.path.original !== 'inline' || name === undefined) {
      throw syntaxError(outer.field, 'unknown_helper', node.loc.start, { name: node.path.type === 'PathExpression' ? node.path.original : '*' });
    }
    const partial: { draw: Draw | undefined } = { draw: undefined };
    partials.set(name, partial);
    return { partial, program: node.program };
  });
  for (const { partial, program: body } of found) partial.draw = compileProgram(body, { ...env, params, conditional: true });
  return env;
}

/** The names of all named values that partials are called with in a program. */
function handedIn(program: Program): string[] {
  return program.body.flatMap((node) => {
    const own = node.type === 'PartialStatement' || node.type === 'PartialBlockStatement' ? (node.hash?.pairs ?? []).map(({ key }) => key) : [];
    const inner = 'program' in node && node.program ? handedIn(node.program) : [];
    return [...own, ...inner, ...('inverse' in node && node.inverse ? handedIn(node.inverse) : [])];
  });
}

/** The scope a partial draws in: its argument or what is at hand, with its named values added on top. */
function partialScope(node: Partial | PartialBlock, env: Environment): (state: RenderState, scope: Scope) => Pick<Scope, 'context' | 'parent' | 'params'> {
  const context = node.params[0] ? compileExpression(node.params[0], { ...env, asked: true }) : undefined;
  const hash = (node.hash?.pairs ?? []).map(({ key, value }): readonly [string, Evaluate] => [key, compileExpression(value, env)]);
  return (state, scope) => {
    const base = context ? context(state, scope) : scope.context;
    if (hash.length === 0) return { context: base, parent: context ? scope : scope.parent, params: scope.params };
    const merged: Record<string, Value> = Object.assign(Object.create(null) as Record<string, Value>, typeof base === 'object' && !Array.isArray(base) ? base : {});
    for (const [key, value] of hash) merged[key] = value(state, scope);
    return { context: merged, parent: context ? scope : scope.parent, params: Object.assign(Object.create(null) as Record<string, Value>, scope.params, merged) };
  };
}

export function compilePartial(node: Partial, env: Environment): Draw {
  const name = partialName(node.name);
  const scopeOf = partialScope(node, env);
  if (name === '@partial-block') {
    return (state, scope) => {
      state.step();
      state.deeper(() => scope.partialBlock?.(state, scope));
    };
  }
  const partial = name === undefined ? undefined : env.partials.get(name);
  if (!partial) throw syntaxError(env.field, 'unknown_partial', node.loc.start, { name: name ?? '' });
  return (state, scope) => {
    state.step();
    const at = scopeOf(state, scope);
    state.deeper(() => partial.draw?.(state, { ...scope, ...at, partialBlock: undefined }));
  };
}

/** `{{#> name}}...{{/name}}`: the partial with the block as its `@partial-block`, or the block itself where there is no such partial. */
export function compilePartialBlock(node: PartialBlock, env: Environment): Draw {
  const name = partialName(node.name);
  const partial = name === undefined ? undefined : env.partials.get(name);
  const block = compileProgram(node.program, { ...env, conditional: true });
  if (!partial) return block;
  const scopeOf = partialScope(node, env);
  return (state, scope) => {
    state.step();
    const at = scopeOf(state, scope);
    const partialBlock = (inner: RenderState) => block(inner, scope);
    state.deeper(() => partial.draw?.(state, { ...scope, ...at, partialBlock }));
  };
}
