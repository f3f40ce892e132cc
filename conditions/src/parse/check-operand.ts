import type { ConditionScope, LiteralOperand, Operand, PathOperand, VersionOperand } from '../language/condition.js';
import { pathOf } from '../language/operands-of.js';
import { printText } from '../language/print.js';
import { parseSemanticVersion } from '../language/semantic-version.js';
import { checkPath } from './check-path.js';
import { functionKind } from './function-name.js';
import { refuse } from './refuse.js';
import { suggestFunction } from './suggest.js';
import type { CallSyntax, LiteralSyntax, SyntaxNode } from './syntax-node.js';

/** Checks a path, a literal, or LOWER or VERSION of one. Parentheses around it are ignored. */
export function checkOperand(node: SyntaxNode, scope: ConditionScope): Operand {
  switch (node.type) {
    case 'Identifier':
    case 'MemberExpression':
      return checkPath(node, scope);
    case 'Literal':
      return checkLiteral(node);
    case 'CallExpression':
      return checkValueCall(node, scope);
    case 'SequenceExpression':
      return checkOperand(unwrap(node), scope);
    case 'ArrayExpression':
      return refuse(
        node.span,
        'a list cannot be compared',
        'write a list right of IN; ARRAY_CONTAINS tests whether a list has a value',
      );
    default:
      return refuse(
        node.span,
        'a condition is not a value',
        'compare paths and literals, and join comparisons with AND or OR',
      );
  }
}

/** Checks an argument of a text function. */
export function checkText(node: SyntaxNode, scope: ConditionScope): Operand {
  const operand = checkOperand(node, scope);
  const isText = operand.kind === 'literal' ? typeof operand.value === 'string' : operand.kind !== 'version';
  return isText
    ? operand
    : refuse(node.span, 'a text is needed here', 'use a path, LOWER of a path, or a text in quotes');
}

export function checkPathOperand(node: SyntaxNode, scope: ConditionScope): PathOperand {
  const operand = checkOperand(node, scope);
  return operand.kind === 'path'
    ? operand
    : refuse(node.span, 'a path is needed here', 'write a path such as device.tags.region');
}

/** Returns the arguments of a call after checking their number. */
export function checkArguments<Count extends 1 | 2>(call: CallSyntax, count: Count): Arguments<Count> {
  if (call.arguments.length === count) return call.arguments as unknown as Arguments<Count>;
  const name = nameOfCall(call);
  const example = count === 1 ? `${name}(device.tags.region)` : `${name}(device.name, 'text')`;
  const wanted = count === 1 ? '1 argument' : '2 arguments';
  return refuse(call.span, `${name} takes ${wanted}, not ${call.arguments.length}`, `write ${example}`);
}

export type Arguments<Count extends 1 | 2> = Count extends 1
  ? readonly [SyntaxNode]
  : readonly [SyntaxNode, SyntaxNode];

export function nameOfCall({ callee, span }: CallSyntax): string {
  if (callee.type === 'Identifier') return callee.name.toUpperCase();
  return refuse(span, 'only functions can be called', "write the function first: STARTS_WITH(device.name, 'a')");
}

export function refuseUnknownFunction(call: CallSyntax): never {
  const { callee } = call;
  const name = callee.type === 'Identifier' ? callee.name : nameOfCall(call);
  return refuse(callee.span, `there is no function ${name}`, suggestFunction(name));
}

/** Returns the single expression in parentheses. */
export function unwrap(node: SyntaxNode): SyntaxNode {
  let inner = node;
  while (inner.type === 'SequenceExpression') {
    const [only, second] = inner.expressions;
    if (only === undefined || second !== undefined) {
      return refuse(
        inner.span,
        'a list is not expected here',
        'write a list only right of IN; join conditions with AND or OR',
      );
    }
    inner = only;
  }
  return inner;
}

/** Refuses a condition that reads no path: it would be the same for all devices. */
export function requirePath(node: SyntaxNode, operands: readonly Operand[]): void {
  if (operands.some((operand) => pathOf(operand) !== undefined)) return;
  refuse(node.span, 'no path is read here', 'put a path on one side; true alone matches all devices');
}

function checkLiteral({ value, span }: LiteralSyntax): LiteralOperand {
  return { kind: 'literal', value, span };
}

function checkValueCall(call: CallSyntax, scope: ConditionScope): Operand {
  const name = nameOfCall(call);
  switch (functionKind(name)) {
    case 'lower':
      return { kind: 'lower', operand: checkText(checkArguments(call, 1)[0], scope), span: call.span };
    case 'version':
      return checkVersion(call, scope);
    case undefined:
      return refuseUnknownFunction(call);
    default:
      return refuse(
        call.span,
        `${name} is a condition, not a value`,
        `let it stand alone: ${name}(…), or NOT ${name}(…)`,
      );
  }
}

function checkVersion(call: CallSyntax, scope: ConditionScope): VersionOperand {
  const [argument] = checkArguments(call, 1);
  const operand = checkOperand(argument, scope);
  if (operand.kind === 'path') return { kind: 'version', operand, span: call.span };
  if (operand.kind !== 'literal' || typeof operand.value !== 'string') {
    return refuse(
      argument.span,
      'VERSION takes a path or a text in quotes',
      "write VERSION(device.reported.fw) or VERSION('3.1.0')",
    );
  }
  if (parseSemanticVersion(operand.value) === undefined) {
    const message = `${printText(operand.value.slice(0, 40))} is not a semantic version`;
    refuse(argument.span, message, "write three numbers, such as '3.1.0', '3.1.0-rc.1' or '3.1.0+build.5'");
  }
  return { kind: 'version', operand, span: call.span };
}
