import { assertNever } from '@muster/twin';
import type { ComparisonKind, ConditionNode, Operand, TextTestKind, TypeTestKind } from './condition.js';

/** Prints a condition in its canonical spelling: words in capitals, no parentheses beyond those it needs. */
export function printCondition(node: ConditionNode): string {
  switch (node.kind) {
    case 'constant':
      return String(node.value);
    case 'or':
      return node.operands.map(printCondition).join(' OR ');
    case 'and':
      return node.operands.map((operand) => printWithin(operand, ['or'])).join(' AND ');
    case 'not':
      if (node.operand.kind === 'in') return printIn(node.operand.operand, 'NOT IN', node.operand.values);
      return `NOT ${printWithin(node.operand, ['or', 'and'])}`;
    case 'truth':
      return printOperand(node.path);
    case 'equal':
    case 'not-equal':
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return `${printOperand(node.left)} ${OPERATORS[node.kind]} ${printOperand(node.right)}`;
    case 'in':
      return printIn(node.operand, 'IN', node.values);
    case 'starts-with':
    case 'ends-with':
    case 'contains':
      return printCall(FUNCTIONS[node.kind], [node.operand, node.text]);
    case 'is-defined':
    case 'is-string':
    case 'is-number':
    case 'is-bool':
      return printCall(FUNCTIONS[node.kind], [node.path]);
    case 'array-contains':
      return printCall('ARRAY_CONTAINS', [node.array, node.value]);
    default:
      return assertNever(node);
  }
}

export function printOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'path':
      return printPath(operand.path);
    case 'literal':
      return printLiteral(operand.value);
    case 'lower':
      return printCall('LOWER', [operand.operand]);
    case 'version':
      return printCall('VERSION', [operand.operand]);
    default:
      return assertNever(operand);
  }
}

/** Prints a number beyond the safe integers with an exponent, because the parser refuses it as an integer. */
function printLiteral(value: string | number | boolean | null): string {
  if (typeof value === 'string') return printText(value);
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) return value.toExponential();
  return String(value);
}

/** Prints `['tags', 'a b', 'c']` as `device.tags['a b'].c`. */
export function printPath(path: readonly string[]): string {
  return `device${path.map((name) => (BARE.test(name) ? `.${name}` : `[${printText(name)}]`)).join('')}`;
}

/** Prints a text in single quotes, with invisible characters escaped. */
export function printText(text: string): string {
  return `'${text.replace(ESCAPED, escapeCharacter)}'`;
}

export const OPERATORS: { readonly [kind in ComparisonKind]: string } = {
  equal: '=',
  'not-equal': '!=',
  less: '<',
  'less-or-equal': '<=',
  greater: '>',
  'greater-or-equal': '>=',
};

export const FUNCTIONS: { readonly [kind in TextTestKind | TypeTestKind]: string } = {
  'starts-with': 'STARTS_WITH',
  'ends-with': 'ENDS_WITH',
  contains: 'CONTAINS',
  'is-defined': 'IS_DEFINED',
  'is-string': 'IS_STRING',
  'is-number': 'IS_NUMBER',
  'is-bool': 'IS_BOOL',
};

const BARE = /^[A-Za-z_$][\w$]*$/;

/** Control characters, spaces other than the ordinary one, invisible characters and lone surrogates. */
const ESCAPED = /['\\]|(?! )[\p{Z}\p{Cc}\p{Cf}\p{Cs}]/gu;

function printWithin(node: ConditionNode, looser: readonly ConditionNode['kind'][]): string {
  const text = printCondition(node);
  return looser.includes(node.kind) ? `(${text})` : text;
}

function printIn(operand: Operand, operator: string, values: readonly Operand[]): string {
  return `${printOperand(operand)} ${operator} [${values.map(printOperand).join(', ')}]`;
}

function printCall(name: string, operands: readonly Operand[]): string {
  return `${name}(${operands.map(printOperand).join(', ')})`;
}

function escapeCharacter(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return utf16Units(character)
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}

function utf16Units(character: string): number[] {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
}
