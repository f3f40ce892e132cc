import type { ConditionScope, PathOperand, SubjectMember } from '../language/condition.js';
import { printPath } from '../language/print.js';
import { refuse } from './refuse.js';
import { MEMBERS, suggestMember, suggestPath } from './suggest.js';
import type { CallSyntax, MemberSyntax, NameSyntax, SyntaxNode } from './syntax-node.js';

/** A path that may be read in this scope: `device.` and a known member, then names only. */
export function checkPath(node: NameSyntax | MemberSyntax, scope: ConditionScope): PathOperand {
  const [root, ...steps] = stepsOf(node);
  const names = steps.map(({ name }) => name);
  if (root.name !== 'device') {
    return refuse(root.syntax.span, `there is nothing named ${root.name}`, suggestPath([root.name, ...names]));
  }
  for (const step of steps) if (step.name === '__proto__') refuseProto(step.syntax);
  const member = checkMember(node, steps, scope);
  return { kind: 'path', path: [member, ...names.slice(1)], span: node.span };
}

interface Step {
  readonly name: string;
  readonly syntax: SyntaxNode;
}

/** From the root down. A path of the longest text has some thousand steps, so this does not recurse. */
function stepsOf(node: NameSyntax | MemberSyntax): [Step, ...Step[]] {
  const steps: Step[] = [];
  let rest: SyntaxNode = node;
  while (rest.type === 'MemberExpression') {
    if (rest.optional)
      refuse(node.span, 'there is no ?. in paths', 'write a plain dot: what is missing makes a comparison UNKNOWN');
    steps.push({ name: nameOf(rest), syntax: rest.property });
    rest = rest.object;
  }
  if (rest.type === 'CallExpression') return refuseCallInPath(rest, node);
  if (rest.type !== 'Identifier') return refuse(node.span, 'this is no path', 'a path begins with device');
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
  return refuse(property.span, 'only a name in quotes can stand in the brackets of a path', "write device.tags['a b']");
}

function refuseCallInPath(call: CallSyntax, node: SyntaxNode): never {
  const name = call.callee.type === 'Identifier' ? call.callee.name : 'a call';
  return refuse(
    node.span,
    `nothing can be read of ${name}`,
    'values have no members: write functions around paths, as in LOWER(device.name)',
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
  ['desired', 'what the condition decides would change what it reads'],
  ['configurations', 'what the condition decides would change what it reads'],
  ['connected', 'a device that comes and goes would get another configuration each time'],
  ['lastSeenAt', 'a device that comes and goes would get another configuration each time'],
  ['createdAt', 'it belongs to the registration, not to the device, and would select other devices after a restore'],
]);
