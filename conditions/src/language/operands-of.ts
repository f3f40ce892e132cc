import { assertNever } from '@muster/twin';
import type { ConditionNode, Operand, SubjectPath } from './condition.js';

/** Returns the paths that a condition reads, each once, in the order of the text. */
export function pathsOf(root: ConditionNode): SubjectPath[] {
  const paths = new Map<string, SubjectPath>();
  for (const operand of operandsOf(root)) {
    const path = pathOf(operand);
    if (path) paths.set(JSON.stringify(path), path);
  }
  return [...paths.values()];
}

/** Returns the path that an operand reads, or undefined for a literal. */
export function pathOf(operand: Operand): SubjectPath | undefined {
  switch (operand.kind) {
    case 'path':
      return operand.path;
    case 'literal':
      return undefined;
    case 'lower':
    case 'version':
      return pathOf(operand.operand);
    default:
      return assertNever(operand);
  }
}

/** Returns the operands of a node and of all nodes below it. */
export function operandsOf(node: ConditionNode): Operand[] {
  switch (node.kind) {
    case 'constant':
      return [];
    case 'and':
    case 'or':
      return node.operands.flatMap(operandsOf);
    case 'not':
      return operandsOf(node.operand);
    case 'truth':
    case 'is-defined':
    case 'is-string':
    case 'is-number':
    case 'is-bool':
      return [node.path];
    case 'equal':
    case 'not-equal':
    case 'less':
    case 'less-or-equal':
    case 'greater':
    case 'greater-or-equal':
      return [node.left, node.right];
    case 'in':
      return [node.operand, ...node.values];
    case 'starts-with':
    case 'ends-with':
    case 'contains':
      return [node.operand, node.text];
    case 'array-contains':
      return [node.array, node.value];
    default:
      return assertNever(node);
  }
}
