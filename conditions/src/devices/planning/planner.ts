import { uniteAll } from '../../collections/compact-set.js';
import type { NumberSet } from '../../collections/number-set.js';
import { intersectIntervals, intervalType } from '../../language/bound.js';
import type { AndNode, ConditionNode, OrNode } from '../../language/condition.js';
import type { Leaf, RangeShape } from '../../language/leaf-shape.js';
import { printCondition } from '../../language/print.js';
import {
  type AccessPath,
  accessPathOf,
  collect,
  costOf,
  type DeviceFilter,
  EMPTY,
  isAccessPath,
  type NoAccessPath,
  preparationOf,
} from './access-path.js';
import { constantOf, type Lookup, lookupOf } from './lookup.js';
import { describeLookup, type PlanStep } from './plan.js';

/** The indexes of devices. */
export interface LookupSource {
  readonly all: NumberSet;
  readonly accessPath: (lookup: Lookup) => AccessPath | NoAccessPath;
}

export interface Planned {
  readonly step: PlanStep;
  /** Undefined if no index helps: any device may match. */
  readonly accessPath: AccessPath | undefined;
}

/** Plans how to find the devices of a condition in negation normal form. */
export function planNode(node: ConditionNode, source: LookupSource): Planned {
  switch (node.kind) {
    case 'constant':
      return planConstant(printCondition(node), node.value, source);
    case 'and':
      return planAnd(node, source);
    case 'or':
      return planOr(node, source);
    default:
      return planLeaf(node, source);
  }
}

function planConstant(condition: string, value: boolean, { all }: LookupSource): Planned {
  const accessPath = value ? accessPathOf(all) : EMPTY;
  return { accessPath, step: stepOf(condition, 'constant', accessPath) };
}

function planLeaf(leaf: Leaf, source: LookupSource): Planned {
  const [condition, constant] = [printCondition(leaf), constantOf(leaf)];
  return constant === undefined
    ? planLookup(condition, lookupOf(leaf), source)
    : planConstant(condition, constant, source);
}

/** The lookups of a condition in negation normal form. */
export function lookupsOf(node: ConditionNode): Lookup[] {
  if (node.kind === 'and' || node.kind === 'or') return node.operands.flatMap(lookupsOf);
  return isLeaf(node) && constantOf(node) === undefined ? [lookupOf(node)] : [];
}

/** A step may cost this many times the number of devices found: verifying one costs more than a lookup. */
const COST_RATIO_MAX = 50;
/** A cost that is never noticed. */
const COST_FREE = 20_000;

function planLookup(condition: string, lookup: Lookup, source: LookupSource): Planned {
  const accessPath = source.accessPath(lookup);
  if (!isAccessPath(accessPath)) return { accessPath: undefined, step: scanStep(condition, source, accessPath.reason) };
  const step = stepOf(condition, accessPath.residualFilters.length > 0 ? 'test' : 'lookup', accessPath);
  return { accessPath, step: { ...step, uses: describeLookup(lookup), ...reasonOf(lookup, accessPath) } };
}

function reasonOf(lookup: Lookup, { isExact }: AccessPath): { readonly reason?: string } {
  if (isExact) return {};
  if (lookup.kind === 'present') return { reason: 'values of two paths are compared device by device' };
  return { reason: 'values are too long, too many, or not in order yet' };
}

/** Begins with the smallest access path and adds those worth their cost; the rest is verified. */
function planAnd(node: AndNode, source: LookupSource): Planned {
  const parts = planConjuncts(node, source);
  const condition = printCondition(node);
  const [first, ...others] = parts.filter(isAccessible).sort(byEstimate);
  if (!first) {
    const step = scanStep(condition, source, 'no part of it can be looked up');
    return { accessPath: undefined, step: { ...step, steps: parts.map((part) => part.step) } };
  }
  if (first.accessPath.estimate === 0) {
    return { accessPath: EMPTY, step: { ...stepOf(condition, 'intersection', EMPTY), steps: [first.step] } };
  }
  const taken = others.map((part) => planConjunct(part, first.accessPath.estimate));
  const left = parts.filter((part) => !isAccessible(part)).map(({ step }) => verified(step, step.reason));
  const accessPath = intersection(first.accessPath, taken, left.length === 0);
  const steps = [first.step, ...taken.map(({ step }) => step), ...left];
  return { accessPath, step: { ...stepOf(condition, 'intersection', accessPath), steps } };
}

interface Accessible extends Planned {
  readonly accessPath: AccessPath;
}

function isAccessible(part: Planned): part is Accessible {
  return part.accessPath !== undefined;
}

function byEstimate(left: Accessible, right: Accessible): number {
  return left.accessPath.estimate - right.accessPath.estimate || costOf(left.accessPath) - costOf(right.accessPath);
}

/** A conjunct after the first: intersected, used as a filter, or left to verification. */
interface PlannedConjunct {
  readonly step: PlanStep;
  readonly path?: AccessPath;
  readonly filter?: DeviceFilter;
  readonly isExact: boolean;
}

function planConjunct({ accessPath, step }: Accessible, found: number): PlannedConjunct {
  const isCheap = costOf(accessPath) <= COST_RATIO_MAX * found + COST_FREE;
  const { filter, residualFilters, isExact } = accessPath;
  if (filter && (residualFilters.length > 0 || !isCheap)) return { step: { ...step, way: 'test' }, filter, isExact };
  if (isCheap) return { step, path: accessPath, isExact };
  return { step: verified(step, 'verifying the few that are found costs less than looking it up'), isExact: false };
}

function verified(step: PlanStep, reason: string | undefined): PlanStep {
  return { ...step, way: 'verify', isExact: false, ...(reason === undefined ? {} : { reason }) };
}

function intersection(first: AccessPath, taken: readonly PlannedConjunct[], isComplete: boolean): AccessPath {
  const sets = taken.flatMap(({ path: set }) => set ?? []);
  return {
    estimate: first.estimate,
    isExact: isComplete && first.isExact && taken.every(({ isExact }) => isExact),
    cost: sets.reduce((sum, set) => sum + Math.min(first.estimate, set.estimate) + costOf(set), first.cost),
    base: () => sets.reduce((found, set) => found.intersect(collect(set)), first.base()),
    ...preparationOf([first, ...sets]),
    residualFilters: [...first.residualFilters, ...taken.flatMap(({ filter }) => filter ?? [])],
  };
}

/** The union of all parts, if each has an access path; a filter if a part has to test every device anyway. */
function planOr(node: OrNode, source: LookupSource): Planned {
  const condition = printCondition(node);
  const parts = node.operands.map((operand) => planNode(operand, source));
  const steps = parts.map(({ step }) => step);
  const inaccessible = parts.find((part) => !isAccessible(part));
  if (inaccessible) {
    const reason = `no index has ${inaccessible.step.condition}: ${inaccessible.step.reason}`;
    return { accessPath: undefined, step: { ...scanStep(condition, source, reason), steps } };
  }
  const accessPath = unionOf(
    parts.flatMap((part) => part.accessPath ?? []),
    source,
  );
  return {
    accessPath,
    step: { ...stepOf(condition, accessPath.residualFilters.length > 0 ? 'test' : 'union', accessPath), steps },
  };
}

function unionOf(accessPaths: readonly AccessPath[], { all }: LookupSource): AccessPath {
  const estimate = Math.min(
    all.size,
    accessPaths.reduce((sum, accessPath) => sum + accessPath.estimate, 0),
  );
  const isExact = accessPaths.every((accessPath) => accessPath.isExact);
  const filters = accessPaths.flatMap(({ filter }) => filter ?? []);
  const filter: DeviceFilter | undefined =
    filters.length === accessPaths.length ? (number) => filters.some((one) => one(number)) : undefined;
  if (filter && accessPaths.some((accessPath) => accessPath.residualFilters.length > 0)) {
    return { estimate, isExact, cost: 0, base: () => all, residualFilters: [filter], filter };
  }
  const cost = accessPaths.reduce((sum, accessPath) => sum + accessPath.estimate + costOf(accessPath), 0);
  const base = () => uniteAll(accessPaths.map(collect));
  return {
    estimate,
    isExact,
    cost,
    base,
    ...preparationOf(accessPaths),
    residualFilters: [],
    ...(filter ? { filter } : {}),
  };
}

/** Ranges of the same path are merged into one lookup. */
function planConjuncts({ operands }: AndNode, source: LookupSource): Planned[] {
  const planned: Planned[] = [];
  const ranges = new Map<string, { readonly lookup: RangeShape; readonly nodes: readonly ConditionNode[] }>();
  for (const node of operands) {
    const lookup = isLeaf(node) && constantOf(node) === undefined ? lookupOf(node) : undefined;
    if (lookup?.kind !== 'range') {
      planned.push(planNode(node, source));
      continue;
    }
    const key = JSON.stringify([lookup.path, lookup.form, intervalType(lookup)]);
    const known = ranges.get(key);
    ranges.set(key, {
      lookup: known ? { ...lookup, ...intersectIntervals(known.lookup, lookup) } : lookup,
      nodes: [...(known?.nodes ?? []), node],
    });
  }
  const merged = [...ranges.values()].map(({ lookup, nodes }) =>
    planLookup(nodes.map(printCondition).join(' AND '), lookup, source),
  );
  return [...planned, ...merged];
}

function isLeaf(node: ConditionNode): node is Leaf {
  return node.kind !== 'and' && node.kind !== 'or' && node.kind !== 'constant';
}

function stepOf(condition: string, way: PlanStep['way'], { estimate, isExact }: AccessPath): PlanStep {
  return { condition, way, estimate, isExact };
}

function scanStep(condition: string, { all }: LookupSource, reason: string): PlanStep {
  return { condition, way: 'scan', estimate: all.size, isExact: false, reason };
}
