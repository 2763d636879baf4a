import { type BlockStatement, type Call, type Expression, type MustacheStatement, type PathExpression, type Program, type Statement, syntaxError } from './ast.js';
import { blockGuards } from './guards.js';
import { type Channel, type Draw, type Environment, variableName } from './environment.js';
import { compileCall, compileExpression, type Evaluate, helperOf, rootedParts } from './expressions.js';
import { compilePartial, compilePartialBlock, definePartials } from './partials.js';
import { type RenderState, renderLimits, type Scope } from './state.js';
import { encodeUrlComponent, encodeUrlText, escapeHtml, isBlank, isTrue, textOf, type Value } from './value.js';

const nothing: Draw = () => undefined;

/** What becomes of the text of `{{x}}`, by where it stands; `{{{x}}}` is raw in HTML and keeps an URL's own characters in links. */
const escapers: Readonly<Record<Channel, { readonly escaped: (text: string) => string; readonly raw: (text: string) => string }>> = {
  html: { escaped: escapeHtml, raw: (text) => text },
  text: { escaped: (text) => text, raw: (text) => text },
  url: { escaped: encodeUrlComponent, raw: encodeUrlText },
  'url-text': { escaped: encodeUrlText, raw: encodeUrlText },
};

/** Compiles a program: its inline partials first, then its statements in order. */
export function compileProgram(program: Program, outer: Environment): Draw {
  const env = definePartials(program, outer);
  const draws = program.body.map((statement) => compileStatement(statement, env)).filter((draw) => draw !== nothing);
  if (draws.length === 0) return nothing;
  if (draws.length === 1) return draws[0]!;
  return (state, scope) => {
    for (let i = 0; i < draws.length; i++) draws[i]!(state, scope);
  };
}

function compileStatement(node: Statement, env: Environment): Draw {
  switch (node.type) {
    case 'ContentStatement': {
      // An address as it is written may hold blanks and letters that an URL must not.
      const value = env.channel === 'html' || env.channel === 'text' ? node.value : encodeUrlText(node.value);
      return value === '' ? nothing : (state) => state.write(value);
    }
    case 'CommentStatement':
    case 'DecoratorBlock': // already defined by `definePartials`
      return nothing;
    case 'Decorator':
      throw syntaxError(env.field, 'unknown_helper', node.loc.start, { name: nameOf(node) });
    case 'MustacheStatement':
      return compileMustache(node, env);
    case 'BlockStatement':
      return compileBlock(node, env);
    case 'PartialStatement':
      return compilePartial(node, env);
    case 'PartialBlockStatement':
      return compilePartialBlock(node, env);
  }
}

export function nameOf(node: Call): string {
  return node.path.type === 'PathExpression' ? node.path.original : 'value' in node.path ? String(node.path.value) : '';
}

/** Names the rewritten HTML uses for its own parts; people's templates cannot (`__part` is refused before rewriting). */
export const partHelper = '__part';

function compileMustache(node: MustacheStatement, env: Environment): Draw {
  if (nameOf(node) === partHelper) {
    const index = node.params[0]?.type === 'NumberLiteral' ? node.params[0].value : -1;
    return env.parts[index] ?? nothing;
  }
  const evaluate = compileCall(node, env);
  const escape = node.escaped ? escapers[env.channel].escaped : escapers[env.channel].raw;
  const rooted = node.path.type === 'PathExpression' ? rootedParts(node.path, env) : undefined;
  if (rooted?.[0] === 'Heliograph') return ownValue(rooted.slice(1).join('.'), evaluate, env.channel);
  return (state, scope) => {
    state.step();
    state.write(escape(textOf(evaluate(state, scope))));
  };
}

/** Our own values: the unsubscribe address is an URL already and is never encoded again, the postal address keeps its lines. */
function ownValue(name: string, evaluate: Evaluate, channel: Channel): Draw {
  return (state, scope) => {
    state.step();
    const text = textOf(evaluate(state, scope));
    if (channel === 'html') state.write(name === 'PostalAddress' ? escapeHtml(text.trim()).replace(/\r\n?|\n/g, '<br>') : escapeHtml(text));
    else state.write(channel === 'url' ? encodeUrlComponent(text) : text);
  };
}

/** An inner scope: `context` at hand, everything outside reachable by `../`. */
function inner(scope: Scope, context: Value, more: Pick<Scope, 'loop' | 'params'> | undefined): Scope {
  return { context, parent: scope, loop: more?.loop, params: more?.params, partialBlock: scope.partialBlock };
}

function compileBlock(node: BlockStatement, env: Environment): Draw {
  const name = nameOf(node);
  if (node.path.type === 'PathExpression' && !env.params.has(name)) {
    if (name === 'each') return compileEach(node, subjectOf(node, env), env);
    if (name === 'with') return compileWith(node, subjectOf(node, env), env);
  }
  const helper = helperOf(node, env);
  if (!helper) return compileSection(node, env);
  if (!helper.condition) throw syntaxError(env.field, 'not_a_block', node.loc.start, { name });

  const guards = blockGuards(name, node.params, env);
  const test = compileCall({ ...node, hash: { pairs: (node.hash?.pairs ?? []).filter(({ key }) => key !== 'yes' && key !== 'no') } }, { ...env, asked: true });
  const then = compileOptional(node.program, { ...env, conditional: true, guards: new Set([...env.guards, ...guards.whenTrue]) });
  const otherwise = compileOptional(node.inverse, { ...env, conditional: true, guards: new Set([...env.guards, ...guards.whenFalse]) });
  return (state, scope) => {
    state.step();
    const draw = test(state, scope) === true ? then : otherwise;
    state.deeper(() => draw(state, scope));
  };
}

function compileOptional(program: Program | undefined, env: Environment): Draw {
  return program ? compileProgram(program, env) : nothing;
}

/** The one argument of `each` and `with`. */
function subjectOf(node: BlockStatement, env: Environment): Expression {
  const subject = node.params[0];
  if (!subject) throw syntaxError(env.field, 'arguments', node.path.loc.start, { name: nameOf(node), expected: 1, given: 0 });
  return subject;
}

/** The environment of a block's body: one context more, its parameters in sight, and its subject surely there. */
function bodyEnvironment(program: Program | undefined, subject: Expression, context: readonly string[] | undefined, env: Environment): Environment {
  const rooted = subject.type === 'PathExpression' ? rootedParts(subject, env) : undefined;
  const guards = rooted ? new Set([...env.guards, variableName(rooted)]) : env.guards;
  return { ...env, conditional: true, guards, contexts: [context, ...env.contexts], params: new Set([...env.params, ...(program?.blockParams ?? [])]) };
}

/** `each` over a list, a map (by name) or a single value: the first 15 items, as Pinpoint. */
function compileEach(node: BlockStatement, subject: Expression, env: Environment): Draw {
  const items = compileExpression(subject, { ...env, asked: true });
  const body = compileOptional(node.program, bodyEnvironment(node.program, subject, undefined, env));
  const otherwise = compileOptional(node.inverse, { ...env, conditional: true });
  const [itemName, keyName] = node.program?.blockParams ?? [];
  return (state, scope) => {
    state.step();
    const entries = entriesOf(items(state, scope)).slice(0, renderLimits.listItems);
    if (entries.length === 0) return state.deeper(() => otherwise(state, scope));
    state.deeper(() => {
      entries.forEach(([key, item], index) => {
        state.step();
        const loop = { index, key, first: index === 0, last: index === entries.length - 1 };
        const params = itemName === undefined ? undefined : { [itemName]: item, ...(keyName === undefined ? {} : { [keyName]: key }) };
        body(state, inner(scope, item, { loop, params }));
      });
    });
  };
}

function entriesOf(value: Value): [string | number, Value][] {
  if (isBlank(value)) return [];
  if (Array.isArray(value)) return (value as readonly Value[]).map((item, index) => [index, item]);
  if (typeof value === 'object') return Object.entries(value as object);
  return [[0, value]];
}

function compileWith(node: BlockStatement, subject: Expression, env: Environment): Draw {
  const value = compileExpression(subject, { ...env, asked: true });
  const rooted = subject.type === 'PathExpression' ? rootedParts(subject, env) : undefined;
  const body = compileOptional(node.program, bodyEnvironment(node.program, subject, rooted, env));
  const otherwise = compileOptional(node.inverse, { ...env, conditional: true });
  const name = node.program?.blockParams?.[0];
  return (state, scope) => {
    state.step();
    const context = value(state, scope);
    if (isBlank(context)) return state.deeper(() => otherwise(state, scope));
    state.deeper(() => body(state, inner(scope, context, { loop: undefined, params: name === undefined ? undefined : { [name]: context } })));
  };
}

/** `{{#Path}}...{{/Path}}` and `{{^Path}}...{{/Path}}`: over a list as `each`, on a map as `with`, on anything else as `if`. */
function compileSection(node: BlockStatement, env: Environment): Draw {
  const path = node.path as PathExpression;
  const each = compileEach(node, path, env);
  const within = compileWith(node, path, env);
  const value = compileExpression(path, { ...env, asked: true });
  const rooted = rootedParts(path, env);
  const then = compileOptional(node.program, { ...env, conditional: true, guards: rooted ? new Set([...env.guards, variableName(rooted)]) : env.guards });
  const otherwise = compileOptional(node.inverse, { ...env, conditional: true });
  return (state, scope) => {
    state.step();
    const found = value(state, scope);
    const draw: (state: RenderState, scope: Scope) => void = Array.isArray(found)
      ? each
      : found !== null && typeof found === 'object'
        ? within
        : isTrue(found)
          ? then
          : otherwise;
    state.deeper(() => draw(state, scope));
  };
}
