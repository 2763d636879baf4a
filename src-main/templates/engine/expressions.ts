import { isHeliographError } from '../../../src-preload/contract/errors.js';
import { findHelper } from '../helpers/index.js';
import type { Helper } from '../helpers/helper.js';
import { type Call, type Expression, type PathExpression, syntaxError } from './ast.js';
import { type Environment, variableName } from './environment.js';
import type { RenderState, Scope } from './state.js';
import { isBlank, step, textOf, type Value } from './value.js';

/** Works out a value. */
export type Evaluate = (state: RenderState, scope: Scope) => Value;

const roots = new Set(['Id', 'ChannelType', 'Address', 'EndpointStatus', 'OptOut', 'CreationDate', 'EffectiveDate', 'Attributes', 'Metrics', 'Demographic', 'Location', 'User', 'Heliograph']);

/** Whether a path begins with something a person has; anything else is a slip of the pen, or a bare word. */
export function isKnownRoot(name: string): boolean {
  return roots.has(name);
}

/** The path from the person, or undefined where it cannot be known before a person is at hand. */
export function rootedParts(node: PathExpression, env: Environment): readonly string[] | undefined {
  if (node.data) return node.parts[0] === 'root' ? node.parts.slice(1) : undefined;
  if (node.depth === 0 && node.parts.length > 0 && env.params.has(node.parts[0]!) && !isScoped(node)) return undefined;
  const base = env.contexts[node.depth];
  return base ? [...base, ...node.parts] : undefined;
}

/** `this.x`, `./x` and `../x` name data even where a helper or block parameter has the same name. */
export function isScoped(node: PathExpression): boolean {
  return /^(\.|this\b)/.test(node.original);
}

function readPath(node: PathExpression, env: Environment): Evaluate {
  const { parts, depth } = node;
  if (node.data) {
    const [first = '', ...rest] = parts;
    if (first === 'root') return (state) => rest.reduce(step, state.root);
    return (_, scope) => {
      for (let at: Scope | undefined = scope; at; at = at.parent) if (at.loop && Object.hasOwn(at.loop, first)) return rest.reduce(step, at.loop[first]);
      return undefined;
    };
  }
  const name = parts[0];
  if (depth === 0 && name !== undefined && env.params.has(name) && !isScoped(node)) {
    const rest = parts.slice(1);
    return (_, scope) => {
      for (let at: Scope | undefined = scope; at; at = at.parent) if (at.params && Object.hasOwn(at.params, name)) return rest.reduce(step, at.params[name]);
      return undefined;
    };
  }
  if (depth === 0) {
    return (_, scope) => {
      let value = scope.context;
      for (let i = 0; i < parts.length; i++) value = step(value, parts[i]!);
      return value;
    };
  }
  return (_, scope) => {
    let at: Scope | undefined = scope;
    for (let i = 0; i < depth; i++) at = at?.parent;
    return parts.reduce(step, at?.context);
  };
}

/** A path: the person's value, else the default for it; where a value is needed and there is none, it is missing. */
function compilePath(node: PathExpression, env: Environment): Evaluate {
  const read = readPath(node, env);
  const rooted = rootedParts(node, env);
  const name = rooted && rooted.length > 0 ? variableName(rooted) : node.original;
  const substitute = rooted ? env.defaults.get(name) : undefined;
  if (rooted && rooted.length > 0 && rooted[0] !== 'Heliograph') {
    const covered = substitute !== undefined || env.asked || env.guards.has(name);
    env.uses.add(env.field, name, covered ? 'never' : env.conditional ? 'sometimes' : 'always', substitute !== undefined);
  }
  if (substitute !== undefined) {
    return (state, scope) => {
      const value = read(state, scope);
      return isBlank(value) ? substitute : value;
    };
  }
  // Loop variables and items of a loop are whatever the list holds: an empty item is not a person's missing value.
  if (env.asked || (node.data && !rooted) || node.parts.length === 0 || (!rooted && env.params.has(node.parts[0]!))) return read;
  return (state, scope) => {
    const value = read(state, scope);
    return isBlank(value) ? state.onMissing(name) : value;
  };
}

/** A path that stands where a bare word may: data if it begins with something a person has, else the word itself. */
function compileWord(node: Expression, env: Environment): Evaluate {
  if (node.type !== 'PathExpression' || node.data || node.depth > 0) return compileExpression(node, env);
  const rooted = rootedParts(node, env);
  if (rooted && isKnownRoot(rooted[0] ?? '')) return compilePath(node, env);
  if (!rooted) return compileExpression(node, env);
  return () => node.original;
}

export function compileExpression(node: Expression, env: Environment): Evaluate {
  switch (node.type) {
    case 'PathExpression':
      return compilePath(node, env);
    case 'SubExpression':
      return compileCall(node, env);
    case 'StringLiteral':
    case 'NumberLiteral':
    case 'BooleanLiteral': {
      const { value } = node;
      return () => value;
    }
    case 'UndefinedLiteral':
    case 'NullLiteral':
      return () => undefined;
  }
}

/** The helper a call names, or undefined for a plain path. Throws `TEMPLATE_SYNTAX` when it has arguments but no such helper exists, or too few. */
export function helperOf(node: Call, env: Environment): Helper | undefined {
  const { path } = node;
  const calls = node.params.length > 0 || (node.hash?.pairs.length ?? 0) > 0;
  const name = path.type === 'PathExpression' ? path.original : 'value' in path ? String(path.value) : '';
  const simple = path.type === 'PathExpression' && path.depth === 0 && path.parts.length === 1 && !path.data && !isScoped(path);
  const helper = simple && !env.params.has(name) ? findHelper(name) : undefined;
  if (helper && node.params.length < helper.minimumArguments) {
    throw syntaxError(env.field, 'arguments', path.loc.start, { name, expected: helper.minimumArguments, given: node.params.length });
  }
  if (!helper && calls) throw syntaxError(env.field, 'unknown_helper', path.loc.start, { name });
  return helper;
}

/** A helper's call as a value. `lookup` is Handlebars' own. */
export function compileCall(node: Call, env: Environment): Evaluate {
  if (node.path.type === 'PathExpression' && node.path.original === 'lookup') return compileLookup(node, env);
  const helper = helperOf(node, env);
  if (!helper) {
    if (node.path.type !== 'PathExpression') return compileExpression(node.path, env);
    return compilePath(node.path, env);
  }
  const name = (node.path as PathExpression).original;
  const inner: Environment = helper.values === 'needed' ? env : { ...env, asked: true };
  const isWord = (key: number | string) => helper.words?.includes(key) ?? false;
  const args = node.params.map((param, i) => (isWord(i) ? compileWord(param, inner) : compileExpression(param, inner)));
  const hash = (node.hash?.pairs ?? []).map(({ key, value }) => [key, isWord(key) ? compileWord(value, inner) : compileExpression(value, inner)] as const);
  const first = node.params[0];
  const subject = first?.type === 'PathExpression' ? variableName(rootedParts(first, env) ?? first.parts) : name;
  if (helper.values === 'fallback' && !env.asked && !env.guards.has(subject)) noteFallback(node, env);

  return (state, scope) => {
    state.step();
    const values = args.map((arg) => arg(state, scope));
    // Where absence is asked about, a helper of nothing is nothing: {{default (upper X) "friend"}}.
    if (env.asked && helper.values === 'needed' && values.length > 0 && isBlank(values[0])) return undefined;
    const named: Record<string, Value> = Object.create(null) as Record<string, Value>;
    for (const [key, value] of hash) named[key] = value(state, scope);
    let result: Value;
    try {
      result = helper.run({ name, args: values, hash: named, state });
    } catch (error) {
      // A value the helper cannot use is, for previews and checks, as good as missing; at send time it fails that message.
      if (!isHeliographError(error) || error.code !== 'RENDER_FAILED' || !state.lenient) throw error;
      return state.onMissing(subject);
    }
    if (helper.condition && typeof result === 'boolean') {
      const word = result ? named.yes : named.no;
      if (word !== undefined || 'yes' in named || 'no' in named) return textOf(word);
    }
    if (typeof result === 'string') state.checkLength(result.length);
    if (helper.values === 'fallback' && !env.asked && isBlank(result)) return state.onMissing(subject);
    return result;
  };
}

/** `{{default A B "text"}}` without a literal at its end can still come to nothing: then its first value is what is missing. */
function noteFallback(node: Call, env: Environment): void {
  const last = node.params.at(-1);
  const safe = last !== undefined && last.type !== 'PathExpression' && last.type !== 'SubExpression';
  const first = node.params[0];
  if (first?.type !== 'PathExpression') return;
  const rooted = rootedParts(first, env);
  if (rooted && rooted.length > 0) env.uses.add(env.field, variableName(rooted), safe ? 'never' : 'sometimes', safe);
}

/** `{{lookup list index}}`, `{{lookup Attributes name}}`: own properties only, as every path. */
function compileLookup(node: Call, env: Environment): Evaluate {
  if (node.params.length < 2) throw syntaxError(env.field, 'arguments', node.path.loc.start, { name: 'lookup', expected: 2, given: node.params.length });
  const [object, key] = [compileExpression(node.params[0]!, { ...env, asked: true }), compileExpression(node.params[1]!, env)];
  const first = node.params[0]!;
  const subject = first.type === 'PathExpression' ? variableName(rootedParts(first, env) ?? first.parts) : 'lookup';
  return (state, scope) => {
    state.step();
    const value = step(object(state, scope), textOf(key(state, scope)));
    return isBlank(value) && !env.asked ? state.onMissing(subject) : value;
  };
}
