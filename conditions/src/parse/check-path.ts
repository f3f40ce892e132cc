import type { ConditionScope, PathOperand, SubjectMember } from '../language/condition.js';
import { printPath } from '../language/print.js';
import { refuse } from './refuse.js';
import { MEMBERS, suggestMember, suggestPath } from './suggest.js';
import type { CallSyntax, MemberSyntax, NameSyntax, SyntaxNode } from './syntax-node.js';

/** Checks a path that this scope may read: `device.` and a known member, then names only. */
export function checkPath(node: NameSyntax | MemberSyntax, scope: ConditionScope): PathOperand {
  const [root, ...steps] = stepsOf(node);
  const names = steps.map(({ name }) => name);
  if (root.name !== 'device') {
    return refuse(root.syntax.span, `${root.name} is not a known name`, suggestPath([root.name, ...names]));
  }
  for (const step of steps) if (step.name === '__proto__') refuseProto(step.syntax);
  const member = checkMember(node, steps, scope);
  return { kind: 'path', path: [member, ...names.slice(1)], span: node.span };
}

interface Step {
  readonly name: string;
  readonly syntax: SyntaxNode;
}

/** Returns the steps from the root down. A long text has thousands of steps, so this does not recurse. */
function stepsOf(node: NameSyntax | MemberSyntax): [Step, ...Step[]] {
  const steps: Step[] = [];
  let rest: SyntaxNode = node;
  while (rest.type === 'MemberExpression') {
    if (rest.optional)
      refuse(node.span, 'there is no ?. in paths', 'write a plain dot: a missing path makes a comparison UNKNOWN');
    steps.push({ name: nameOf(rest), syntax: rest.property });
    rest = rest.object;
  }
  if (rest.type === 'CallExpression') return refuseCallInPath(rest, node);
  if (rest.type !== 'Identifier') return refuse(node.span, 'this is not a path', 'a path begins with device');
  return [{ name: rest.name, syntax: rest }, ...steps.reverse()];
}

function nameOf({ property, computed }: MemberSyntax): string {
  if (!computed && property.type === 'Identifier') return property.name;
  if (property.type === 'Literal' && typeof property.value === 'string') return property.value;
  if (property.type === 'Literal' && typeof property.value === 'number') {
    return refuse(
      property.span,
      'lists cannot be read by index',
      "use ARRAY_CONTAINS(path, value), or ['0'] for a member named 0",
    );
  }
  return refuse(property.span, 'the brackets of a path hold one name in quotes', "write device.tags['a b']");
}

function refuseCallInPath(call: CallSyntax, node: SyntaxNode): never {
  const name = call.callee.type === 'Identifier' ? call.callee.name : 'a call';
  return refuse(
    node.span,
    `${name} has no members`,
    'a function returns a value, which has no members: write it around a path, as in LOWER(device.name)',
  );
}

function refuseProto({ span }: SyntaxNode): never {
  return refuse(span, 'a path cannot hold __proto__', 'documents have no such key: use another name');
}

function checkMember(node: SyntaxNode, steps: readonly Step[], scope: ConditionScope): SubjectMember {
  const [first] = steps;
  if (first === undefined)
    return refuse(node.span, 'device alone has no value', 'name a member, such as device.tags.region');
  const names = steps.map(({ name }) => name);
  if (scope === 'target') refuseForTarget(first, node);
  if (!isMember(first.name)) {
    return refuse(first.syntax.span, `a device has no ${first.name}`, suggestMember(names));
  }
  const takesNames = MEMBERS.get(first.name) === 'document';
  if (takesNames && steps.length === 1) {
    refuse(
      node.span,
      `${printPath(names)} is a whole document`,
      `name a member, such as ${printPath([first.name, 'mode'])}`,
    );
  }
  if (!takesNames && steps.length > 1) {
    refuse(
      node.span,
      `${printPath([first.name])} is a single value and has no members`,
      `write ${printPath([first.name])} alone`,
    );
  }
  return first.name;
}

function isMember(name: string): name is SubjectMember {
  return MEMBERS.has(name);
}

function refuseForTarget({ name }: Step, node: SyntaxNode): void {
  const reason = REASONS.get(name);
  if (reason === undefined) return;
  const hint = 'use device.id, device.name, device.tags or device.reported; queries may read everything';
  refuse(node.span, `a target condition cannot read device.${name}: ${reason}`, hint);
}

/** Members that target conditions must not read, with the reason. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['desired', 'the result of the condition would change what it reads'],
  ['configurations', 'the result of the condition would change what it reads'],
  ['connected', 'a device that comes and goes would change its configurations each time'],
  ['lastSeenAt', 'a device that comes and goes would change its configurations each time'],
  ['createdAt', 'it belongs to the registration, not to the device, and would select other devices after a restore'],
]);
