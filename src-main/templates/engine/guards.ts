import type { Expression } from './ast.js';
import { type Environment, variableName } from './environment.js';
import { rootedParts } from './expressions.js';

/** Variables that surely have a value in a condition's two branches. Sound, not complete: what is not recognised counts as possibly missing. */
export interface Guards {
  readonly whenTrue: readonly string[];
  readonly whenFalse: readonly string[];
}

const none: Guards = { whenTrue: [], whenFalse: [] };

function isValue(node: Expression): boolean {
  return (node.type === 'StringLiteral' && node.value.trim() !== '') || node.type === 'NumberLiteral' || node.type === 'BooleanLiteral';
}

function expressionGuards(node: Expression, env: Environment): Guards {
  if (node.type === 'PathExpression') {
    const rooted = rootedParts(node, env);
    return rooted && rooted.length > 0 ? { whenTrue: [variableName(rooted)], whenFalse: [] } : none;
  }
  return node.type === 'SubExpression' && node.path.type === 'PathExpression' ? blockGuards(node.path.original, node.params, env) : none;
}

/** What `{{#name params}}` says about its variables. */
export function blockGuards(name: string, params: readonly Expression[], env: Environment): Guards {
  const each = params.map((param) => expressionGuards(param, env));
  switch (name) {
    case 'if':
      return each[0] ?? none;
    case 'unless':
    case 'not':
      return each[0] ? { whenTrue: each[0].whenFalse, whenFalse: each[0].whenTrue } : none;
    case 'and':
      return { whenTrue: each.flatMap((g) => g.whenTrue), whenFalse: [] };
    case 'or':
      return { whenTrue: [], whenFalse: each.flatMap((g) => g.whenFalse) };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { whenTrue: params.flatMap((param, i) => (param.type === 'PathExpression' ? (each[i]?.whenTrue ?? []) : [])), whenFalse: [] };
    case 'eq':
    case 'neq': {
      // Equal to something that is there: then it is there itself.
      const there = params.some(isValue) ? params.flatMap((param, i) => (param.type === 'PathExpression' ? (each[i]?.whenTrue ?? []) : [])) : [];
      return name === 'eq' ? { whenTrue: there, whenFalse: [] } : { whenTrue: [], whenFalse: there };
    }
    default:
      return none;
  }
}
