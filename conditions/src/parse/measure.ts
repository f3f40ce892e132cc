import { LIMITS } from '@muster/twin';
import type { Span } from '../language/condition.js';
import { refuse } from './refuse.js';
import type { Measured, SyntaxNode } from './syntax-node.js';

export type Unmeasured<Node> = Node extends SyntaxNode ? Omit<Node, keyof Measured> : never;

/** Measures a node over its parts. A part that is a chain of the same AND or OR stays on the same level. */
export function measure(node: Unmeasured<SyntaxNode>, span: Span, parts: readonly SyntaxNode[] = []): SyntaxNode {
  const own =
    node.type === 'BinaryExpression' && (node.operator === 'and' || node.operator === 'or') ? node.operator : undefined;
  const depths = parts.map((part) =>
    part.type === 'BinaryExpression' && part.operator === own ? part.depth : part.depth + 1,
  );
  return limit({ ...node, span, depth: Math.max(1, ...depths), nodes: 1 + sumNodes(parts) } as SyntaxNode);
}

/** Brackets and parentheses count as a level but not as a node. */
export function measureAround(node: Unmeasured<SyntaxNode>, span: Span, parts: readonly SyntaxNode[]): SyntaxNode {
  const depth = 1 + Math.max(0, ...parts.map((part) => part.depth));
  return limit({ ...node, span, depth, nodes: sumNodes(parts) } as SyntaxNode);
}

function sumNodes(parts: readonly SyntaxNode[]): number {
  return parts.reduce((sum, part) => sum + part.nodes, 0);
}

function limit(node: SyntaxNode): SyntaxNode {
  if (node.depth > LIMITS.conditionDepthMax) refuseDepth(node.span);
  if (node.nodes <= LIMITS.conditionNodesMax) return node;
  const message = `the condition has more than ${LIMITS.conditionNodesMax} operators, paths, literals and calls`;
  return refuse(node.span, message, 'use IN for many values of one path, or split the condition');
}

export function refuseDepth(span: Span): never {
  const message = `the condition is nested deeper than ${LIMITS.conditionDepthMax} levels`;
  return refuse(span, message, 'remove needless parentheses, or split the condition');
}

export function joinSpans(first: Span, last: Span): Span {
  return { position: first.position, length: last.position + last.length - first.position };
}
