import { assertNever, type Json } from '@muster/twin';
import type { ComparisonNode, Condition, ConditionNode, InNode, Operand, Subject } from './condition.js';
import { evaluate, evaluateComparison, hasValue, operandValue } from './evaluate.js';
import { OPERATORS, printOperand } from './print.js';

/**
 * Explains why a condition is UNKNOWN for a subject. Names the first path that is missing or of the wrong type, such
 * as "device.tags.n is a number, a string is needed". Returns `undefined` if the condition is not UNKNOWN.
 */
export function explainUnknown(condition: Condition, subject: Subject): string | undefined {
  return explainNode(condition.root, subject);
}

function explainNode(node: ConditionNode, subject: Subject): string | undefined {
  if (evaluate(node, subject) !== undefined) return undefined;
  switch (node.kind) {
    case 'and':
    case 'or':
      return firstOf(node.operands, (operand) => explainNode(operand, subject));
    case 'not':
      return explainNode(node.operand, subject);
    case 'truth':
      return explainType(node.path, subject, ['boolean']);
    case 'equal':
    case 'not-equal':
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return explainComparison(node, subject);
    case 'in':
      return explainIn(node, subject);
    case 'starts-with':
    case 'ends-with':
    case 'contains':
      return firstOf([node.operand, node.text], (operand) => explainText(operand, subject));
    case 'array-contains':
      return explainArray(node.array, node.value, subject);
    case 'constant':
    case 'is-defined':
    case 'is-string':
    case 'is-number':
    case 'is-bool':
      return undefined;
    default:
      return assertNever(node);
  }
}

function firstOf<Item>(items: readonly Item[], explain: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const explanation = explain(item);
    if (explanation !== undefined) return explanation;
  }
  return undefined;
}

function explainIn({ operand, values, span }: InNode, subject: Subject): string | undefined {
  if (!hasValue(operand, subject)) return explainOperand(operand, subject);
  return firstOf(values, (right) => {
    const isKnown = evaluateComparison('equal', operand, right, subject) !== undefined;
    return isKnown ? undefined : explainComparison({ kind: 'equal', left: operand, right, span }, subject);
  });
}

function explainComparison({ kind, left, right }: ComparisonNode, subject: Subject): string {
  const missing = firstOf([left, right], (operand) => explainOperand(operand, subject));
  if (missing !== undefined) return missing;
  const [path, other] = left.kind === 'literal' ? [right, left] : [left, right];
  const isOrder = kind !== 'equal' && kind !== 'not-equal';
  const [value, otherValue] = [operandValue(path, subject), operandValue(other, subject)];
  const needed = typeNeeded(isOrder, otherValue, value);
  const [pathType, otherType] = [describeType(value), describeType(otherValue)];
  if (needed !== undefined) return `${printOperand(path)} is ${pathType}, ${needed} is needed`;
  return `${printOperand(path)} is ${pathType} and ${printOperand(other)} is ${otherType}, which ${OPERATORS[kind]} cannot compare`;
}

/** Returns the type of the other side, if a value of that type could be compared with it. */
function typeNeeded(isOrder: boolean, other: Json | undefined, value: Json | undefined): string | undefined {
  if (typeof other === typeof value) return undefined;
  if (typeof other === 'string' || typeof other === 'number') return describeType(other);
  return typeof other === 'boolean' && !isOrder ? describeType(other) : undefined;
}

/** Explains why an operand has no value. */
function explainOperand(operand: Operand, subject: Subject): string | undefined {
  if (hasValue(operand, subject)) return undefined;
  switch (operand.kind) {
    case 'path':
      return `${printOperand(operand)} is missing`;
    case 'literal':
      return undefined;
    case 'lower':
      return explainText(operand.operand, subject);
    case 'version':
      return explainText(operand.operand, subject) ?? `${printOperand(operand.operand)} is not a semantic version`;
    default:
      return assertNever(operand);
  }
}

function explainText(operand: Operand, subject: Subject): string | undefined {
  return explainOperand(operand, subject) ?? explainType(operand, subject, ['string']);
}

function explainArray(array: Operand, value: Operand, subject: Subject): string | undefined {
  const missing = firstOf([array, value], (operand) => explainOperand(operand, subject));
  return (
    missing ??
    explainType(array, subject, ['array']) ??
    explainType(value, subject, ['string', 'number', 'boolean', 'null'])
  );
}

function explainType(operand: Operand, subject: Subject, needed: readonly string[]): string | undefined {
  const value = operandValue(operand, subject);
  if (value === undefined) return `${printOperand(operand)} is missing`;
  if (needed.includes(typeName(value))) return undefined;
  return `${printOperand(operand)} is ${describeType(value)}, a${needed[0] === 'array' ? 'n' : ''} ${needed.join(' or ')} is needed`;
}

/** Returns the name of a type with its article. */
function describeType(value: Json | undefined): string {
  const name = typeName(value);
  if (name === 'null') return name;
  return name === 'array' || name === 'object' ? `an ${name}` : `a ${name}`;
}

function typeName(value: Json | undefined): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
