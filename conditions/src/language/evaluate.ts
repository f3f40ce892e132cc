import { assertNever, type Json, type JsonObject, valueAt } from '@muster/twin';
import type {
  ComparisonKind,
  ConditionNode,
  Operand,
  Subject,
  SubjectPath,
  TextTestKind,
  Truth,
  TypeTestKind,
} from './condition.js';
import { judge, type Relation, relate, relateToNull, relationOf } from './relation.js';
import { compareSemanticVersions, parseSemanticVersion, type SemanticVersion } from './semantic-version.js';

/** Evaluates a condition in the simplest way. Tests compare every faster implementation with it. */
export function evaluate(node: ConditionNode, subject: Subject): Truth {
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'and':
      return conjunction(node.operands.map((operand) => evaluate(operand, subject)));
    case 'or':
      return disjunction(node.operands.map((operand) => evaluate(operand, subject)));
    case 'not':
      return negation(evaluate(node.operand, subject));
    case 'truth':
      return booleanOrUnknown(operandValue(node.path, subject));
    case 'equal':
    case 'not-equal':
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return evaluateComparison(node.kind, node.left, node.right, subject);
    case 'in':
      return evaluateIn(node.operand, node.values, subject);
    case 'starts-with':
    case 'ends-with':
    case 'contains':
      return testText(node.kind, operandValue(node.operand, subject), operandValue(node.text, subject));
    case 'is-defined':
    case 'is-string':
    case 'is-number':
    case 'is-bool':
      return testType(node.kind, operandValue(node.path, subject));
    case 'array-contains':
      return arrayContains(operandValue(node.array, subject), operandValue(node.value, subject));
    default:
      return assertNever(node);
  }
}

export function evaluateComparison(kind: ComparisonKind, left: Operand, right: Operand, subject: Subject): Truth {
  return judge(kind, relationBetween(left, right, subject));
}

/** Returns the value of an operand other than VERSION; `undefined` if it is missing or of the wrong type. */
export function operandValue(operand: Operand, subject: Subject): Json | undefined {
  switch (operand.kind) {
    case 'path':
      return readPath(operand.path, subject);
    case 'literal':
      return operand.value;
    case 'lower': {
      const text = operandValue(operand.operand, subject);
      return typeof text === 'string' ? text.toLowerCase() : undefined;
    }
    case 'version':
      return undefined;
    default:
      return assertNever(operand);
  }
}

/** Whether an operand has a value of the type that its function takes. */
export function hasValue(operand: Operand, subject: Subject): boolean {
  return (operand.kind === 'version' ? versionOf(operand, subject) : operandValue(operand, subject)) !== undefined;
}

function conjunction(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

function disjunction(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(undefined) ? undefined : false;
}

function negation(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

function booleanOrUnknown(value: Json | undefined): Truth {
  return typeof value === 'boolean' ? value : undefined;
}

function relationBetween(left: Operand, right: Operand, subject: Subject): Relation | undefined {
  if (left.kind === 'version' || right.kind === 'version') return relationOfVersions(left, right, subject);
  if (isNull(right)) return relateToNull(operandValue(left, subject));
  if (isNull(left)) return relateToNull(operandValue(right, subject));
  return relate(operandValue(left, subject), operandValue(right, subject));
}

function relationOfVersions(left: Operand, right: Operand, subject: Subject): Relation | undefined {
  const [leftVersion, rightVersion] = [versionOf(left, subject), versionOf(right, subject)];
  if (leftVersion === undefined || rightVersion === undefined) return undefined;
  return relationOf(compareSemanticVersions(leftVersion, rightVersion));
}

function versionOf(operand: Operand, subject: Subject): SemanticVersion | undefined {
  if (operand.kind !== 'version') return undefined;
  const text = operandValue(operand.operand, subject);
  return typeof text === 'string' ? parseSemanticVersion(text) : undefined;
}

function isNull(operand: Operand): boolean {
  return operand.kind === 'literal' && operand.value === null;
}

/** An empty OR is FALSE, but an operand without a value stays UNKNOWN. */
function evaluateIn(operand: Operand, values: readonly Operand[], subject: Subject): Truth {
  if (!hasValue(operand, subject)) return undefined;
  return disjunction(values.map((value) => evaluateComparison('equal', operand, value, subject)));
}

function testText(kind: TextTestKind, text: Json | undefined, part: Json | undefined): Truth {
  if (typeof text !== 'string' || typeof part !== 'string') return undefined;
  if (kind === 'starts-with') return text.startsWith(part);
  return kind === 'ends-with' ? text.endsWith(part) : text.includes(part);
}

function testType(kind: TypeTestKind, value: Json | undefined): boolean {
  if (kind === 'is-defined') return value !== undefined;
  if (kind === 'is-string') return typeof value === 'string';
  return kind === 'is-number' ? typeof value === 'number' : typeof value === 'boolean';
}

/** Compares by type and value, so that an element of another type is never equal. */
function arrayContains(array: Json | undefined, value: Json | undefined): Truth {
  if (!Array.isArray(array) || value === undefined || (typeof value === 'object' && value !== null)) return undefined;
  return array.includes(value);
}

/** Own members only: `constructor` and `toString` are plain names. */
function readPath([member, ...rest]: SubjectPath, subject: Subject): Json | undefined {
  const value: Json | JsonObject | undefined = subject[member];
  return value === undefined ? undefined : valueAt(value, rest);
}
