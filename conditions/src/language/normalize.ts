import { assertNever } from '@muster/twin';
import type {
  AndNode,
  ComparisonKind,
  ComparisonNode,
  ConditionNode,
  InNode,
  NotNode,
  Operand,
  OrNode,
  Span,
  TextTestNode,
  TruthNode,
} from './condition.js';
import { pathOf } from './operands-of.js';
import { MIRRORED, OPPOSITE } from './relation.js';

/**
 * Returns the condition in negation normal form, which is TRUE, FALSE and UNKNOWN for the same subjects. NOT is
 * applied only to IN and functions, and a constant is never an operand. In a comparison, a literal is on the right.
 * A bare path is compared with `true`; the tree grows only by these comparisons.
 *
 * It uses only laws of Kleene's logic. The excluded middle is not one of them: `a OR NOT a` is UNKNOWN if `a` is.
 */
export function normalize(node: ConditionNode): ConditionNode {
  switch (node.kind) {
    case 'and':
    case 'or':
      return join(node.kind, node.operands.map(normalize), node.span);
    case 'not':
      return negate(node.operand);
    case 'truth':
      return compareWithBoolean(node, true);
    case 'equal':
    case 'not-equal':
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return normalizeComparison(node, node.kind);
    case 'in':
      return normalizeIn(node);
    case 'starts-with':
    case 'ends-with':
    case 'contains':
      return normalizeTextTest(node);
    case 'array-contains':
      return { ...node, value: fold(node.value) };
    case 'constant':
    case 'is-defined':
    case 'is-string':
    case 'is-number':
    case 'is-bool':
      return node;
    default:
      return assertNever(node);
  }
}

/** Returns the normal form of NOT `node`. */
function negate(node: ConditionNode): ConditionNode {
  switch (node.kind) {
    case 'constant':
      return { ...node, value: !node.value };
    case 'and':
      return join('or', node.operands.map(negate), node.span);
    case 'or':
      return join('and', node.operands.map(negate), node.span);
    case 'not':
      return normalize(node.operand);
    case 'truth':
      return compareWithBoolean(node, false);
    case 'equal':
    case 'not-equal':
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return normalizeComparison(node, OPPOSITE[node.kind]);
    case 'in':
      return negateIn(node);
    case 'starts-with':
    case 'ends-with':
    case 'contains':
    case 'array-contains':
    case 'is-defined':
    case 'is-string':
    case 'is-number':
    case 'is-bool':
      return not(normalize(node));
    default:
      return assertNever(node);
  }
}

/** Joins operands into a flat list without constants, unless a constant decides. */
function join(kind: (AndNode | OrNode)['kind'], operands: readonly ConditionNode[], span: Span): ConditionNode {
  const neutral = kind === 'and';
  const rest: ConditionNode[] = [];
  for (const operand of operands) {
    if (operand.kind === 'constant') {
      if (operand.value !== neutral) return operand;
    } else if (operand.kind === 'and' || operand.kind === 'or') {
      rest.push(...(operand.kind === kind ? operand.operands : [operand]));
    } else rest.push(operand);
  }
  const [only, second] = rest;
  if (only === undefined) return { kind: 'constant', value: neutral, span };
  return second === undefined ? only : { kind, operands: rest, span };
}

function not(operand: ConditionNode): NotNode {
  return { kind: 'not', operand, span: operand.span };
}

/** A bare path is UNKNOWN for a value other than a boolean, like a comparison with a boolean. */
function compareWithBoolean({ path, span }: TruthNode, value: boolean): ComparisonNode {
  return { kind: 'equal', left: path, right: { kind: 'literal', value, span }, span };
}

function normalizeComparison({ left, right, span }: ComparisonNode, kind: ComparisonKind): ComparisonNode {
  const isMirrored = pathOf(left) === undefined;
  const [first, second] = isMirrored ? [fold(right), fold(left)] : [fold(left), fold(right)];
  const comparison = isMirrored ? MIRRORED[kind] : kind;
  if (comparison === 'not-equal' && second.kind === 'literal' && typeof second.value === 'boolean') {
    return { kind: 'equal', left: first, right: { ...second, value: !second.value }, span };
  }
  return { kind: comparison, left: first, right: second, span };
}

/** IN equals an OR of `=` if the operand always has a value, or the list has one value. */
function normalizeIn(node: InNode): ConditionNode {
  if (!isEqualities(node)) return { ...node, operand: fold(node.operand), values: node.values.map(fold) };
  return join('or', equalities(node, 'equal'), node.span);
}

function negateIn(node: InNode): ConditionNode {
  return isEqualities(node) ? join('and', equalities(node, 'not-equal'), node.span) : not(normalizeIn(node));
}

function isEqualities({ operand, values }: InNode): boolean {
  return values.length === 1 || pathOf(operand) === undefined;
}

function equalities({ operand, values, span }: InNode, kind: ComparisonKind): ComparisonNode[] {
  return values.map((value) => normalizeComparison({ kind, left: operand, right: value, span }, kind));
}

function normalizeTextTest(node: TextTestNode): TextTestNode {
  return { ...node, operand: fold(node.operand), text: fold(node.text) };
}

/** Replaces LOWER of a text in quotes with the text in lower case. */
function fold(operand: Operand): Operand {
  if (operand.kind !== 'lower') return operand;
  const inner = fold(operand.operand);
  if (inner.kind !== 'literal' || typeof inner.value !== 'string') return { ...operand, operand: inner };
  return { kind: 'literal', value: inner.value.toLowerCase(), span: operand.span };
}
