import { assertNever, LIMITS } from '@muster/twin';
import { compile } from '../language/compile.js';
import type { ComparisonKind, Condition, ConditionNode, ConditionScope, Operand } from '../language/condition.js';
import { pathsOf } from '../language/operands-of.js';
import {
  checkArguments,
  checkOperand,
  checkPathOperand,
  checkText,
  nameOfCall,
  refuseUnknownFunction,
  requirePath,
  unwrap,
} from './check-operand.js';
import { checkPath } from './check-path.js';
import { type FunctionKind, functionKind } from './function-name.js';
import { parseSyntax } from './jsep-parser.js';
import { refuse } from './refuse.js';
import type { BinaryOperator, BinarySyntax, CallSyntax, SyntaxNode } from './syntax-node.js';

/**
 * Parses a condition. Throws `bad-condition` with `position` and `length`, in UTF-16 units from 0, and a `hint` that
 * says what to write instead.
 */
export function parseCondition(text: string, scope: ConditionScope): Condition {
  const root = parseRoot(text, scope);
  return { text, root, paths: pathsOf(root), test: compile(root) };
}

function parseRoot(text: string, scope: ConditionScope): ConditionNode {
  const { conditionLengthMax } = LIMITS;
  if (text.length > conditionLengthMax) {
    const span = { position: conditionLengthMax, length: text.length - conditionLengthMax };
    const message = `the condition has ${text.length} characters, ${conditionLengthMax} are allowed`;
    refuse(span, message, 'shorten it with IN, or with a tag for these devices');
  }
  if (EMPTY.test(text))
    refuse({ position: 0, length: text.length }, 'the condition is empty', 'write * to match all devices');
  if (MATCH_ALL.test(text)) return { kind: 'constant', value: true, span: { position: text.indexOf('*'), length: 1 } };
  return checkCondition(parseSyntax(text), scope);
}

const EMPTY = /^[ \t\r\n]*$/;
const MATCH_ALL = /^[ \t\r\n]*\*[ \t\r\n]*$/;

/** Accepts the nodes of the language and rejects everything else that the grammar accepts. */
function checkCondition(node: SyntaxNode, scope: ConditionScope): ConditionNode {
  switch (node.type) {
    case 'Literal':
      if (typeof node.value === 'boolean') return { kind: 'constant', value: node.value, span: node.span };
      return refuse(
        node.span,
        'a value alone is not a condition',
        "compare it with a path, as in device.tags.region = 'eu'",
      );
    case 'Identifier':
    case 'MemberExpression':
      return { kind: 'truth', path: checkPath(node, scope), span: node.span };
    case 'CallExpression':
      return checkCall(node, scope);
    case 'UnaryExpression':
      return { kind: 'not', operand: checkCondition(node.argument, scope), span: node.span };
    case 'BinaryExpression':
      return checkBinary(node, scope);
    case 'SequenceExpression':
      return checkCondition(unwrap(node), scope);
    case 'ArrayExpression':
      return refuse(node.span, 'a list alone is not a condition', "write path IN ['a', 'b']");
    default:
      return assertNever(node);
  }
}

function checkBinary(node: BinarySyntax, scope: ConditionScope): ConditionNode {
  const { operator, span } = node;
  if (operator === 'and' || operator === 'or') return { kind: operator, operands: checkChain(node, scope), span };
  if (operator === 'in') return checkIn(node, scope);
  if (operator === 'not in') return { kind: 'not', operand: checkIn(node, scope), span };
  const [left, right] = [checkOperand(node.left, scope), checkOperand(node.right, scope)];
  requirePath(node, [left, right]);
  requireVersions(left, right);
  return { kind: COMPARISONS[operator], left, right, span };
}

const COMPARISONS: { readonly [operator in Exclude<BinaryOperator, 'and' | 'or' | 'in' | 'not in'>]: ComparisonKind } =
  {
    '=': 'equal',
    '!=': 'not-equal',
    '<': 'less',
    '<=': 'less-or-equal',
    '>': 'greater',
    '>=': 'greater-or-equal',
  };

/** Returns the operands of `a AND b AND c` as one flat list, whatever their number and parentheses. */
function checkChain(chain: BinarySyntax, scope: ConditionScope): ConditionNode[] {
  const parts: SyntaxNode[] = [];
  let rest: SyntaxNode = chain;
  while (rest.type === 'BinaryExpression' && rest.operator === chain.operator) {
    parts.push(rest.right);
    rest = rest.left;
  }
  return [rest, ...parts.reverse()].flatMap((part) => {
    const operand = checkCondition(part, scope);
    return (operand.kind === 'and' || operand.kind === 'or') && operand.kind === chain.operator
      ? operand.operands
      : [operand];
  });
}

function checkIn(node: BinarySyntax, scope: ConditionScope): ConditionNode {
  const operand = checkOperand(node.left, scope);
  const values = listOf(node.right).map((value) => checkOperand(value, scope));
  requirePath(node, [operand, ...values]);
  for (const value of values) requireVersions(operand, value);
  return { kind: 'in', operand, values, span: node.span };
}

function listOf(node: SyntaxNode): readonly SyntaxNode[] {
  if (node.type === 'ArrayExpression') return node.elements;
  if (node.type === 'SequenceExpression') return node.expressions;
  const hint = "write ['a', 'b'], or ARRAY_CONTAINS(device.tags.list, 'a') for a list of the device";
  return refuse(node.span, 'a list is needed right of IN', hint);
}

/** Refuses a comparison of a version with any other value, which is UNKNOWN for every device. */
function requireVersions(left: Operand, right: Operand): void {
  if ((left.kind === 'version') === (right.kind === 'version')) return;
  const { span } = left.kind === 'version' ? right : left;
  refuse(
    span,
    'a version can be compared with a version only',
    "write VERSION(…) on both sides, as in VERSION('3.1.0')",
  );
}

function checkCall(call: CallSyntax, scope: ConditionScope): ConditionNode {
  const name = nameOfCall(call);
  const kind = functionKind(name);
  return kind === undefined ? refuseUnknownFunction(call) : checkKnownCall(kind, name, call, scope);
}

function checkKnownCall(kind: FunctionKind, name: string, call: CallSyntax, scope: ConditionScope): ConditionNode {
  const { span } = call;
  switch (kind) {
    case 'starts-with':
    case 'ends-with':
    case 'contains': {
      const [text, part] = checkArguments(call, 2);
      const [operand, other] = [checkText(text, scope), checkText(part, scope)];
      requirePath(call, [operand, other]);
      return { kind, operand, text: other, span };
    }
    case 'is-defined':
    case 'is-string':
    case 'is-number':
    case 'is-bool':
      return { kind, path: checkPathOperand(checkArguments(call, 1)[0], scope), span };
    case 'array-contains': {
      const [array, value] = checkArguments(call, 2);
      return { kind, array: checkPathOperand(array, scope), value: checkElement(value, scope), span };
    }
    case 'lower':
    case 'version':
      return refuse(
        span,
        `${name} returns a value, and a value alone is not a condition`,
        `compare it, as in ${EXAMPLES[kind]}`,
      );
    default:
      return assertNever(kind);
  }
}

function checkElement(node: SyntaxNode, scope: ConditionScope): Operand {
  const operand = checkOperand(node, scope);
  if (operand.kind !== 'version') return operand;
  return refuse(
    node.span,
    'a list cannot hold versions',
    "compare with the text, as in ARRAY_CONTAINS(device.tags.list, '3.1.0')",
  );
}

const EXAMPLES = {
  lower: "LOWER(device.tags.region) = 'eu'",
  version: "VERSION(device.reported.fw) >= VERSION('3.1.0')",
} as const;
