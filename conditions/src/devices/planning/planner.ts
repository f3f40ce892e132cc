import { uniteAll } from '../../collections/compact-set.js';
import type { NumberSet } from '../../collections/number-set.js';
import { intersectIntervals, intervalType } from '../../language/bound.js';
import type { AndNode, ConditionNode, OrNode } from '../../language/condition.js';
import type { Leaf, RangeShape } from '../../language/leaf-shape.js';
import { printCondition } from '../../language/print.js';
import {
  type Answer,
  answerOf,
  collect,
  costOf,
  isAnswer,
  NOTHING,
  type NumberTest,
  preparing,
  type Unanswered,
} from './access-path.js';
import { constantOf, type Lookup, lookupOf } from './lookup.js';
import { describeLookup, type PlanStep } from './plan.js';

/** What is known of devices. */
export interface LookupSource {
  readonly all: NumberSet;
  readonly answer: (lookup: Lookup) => Answer | Unanswered;
}

export interface Planned {
  readonly step: PlanStep;
  /** `undefined`: nothing is known, any device may match. */
  readonly answer: Answer | undefined;
}

/** How the devices are found of which a condition in negation normal form is TRUE. */
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
  const answer = value ? answerOf(all) : NOTHING;
  return { answer, step: stepOf(condition, 'constant', answer) };
}

function planLeaf(leaf: Leaf, source: LookupSource): Planned {
  const [condition, constant] = [printCondition(leaf), constantOf(leaf)];
  return constant === undefined
    ? planLookup(condition, lookupOf(leaf), source)
    : planConstant(condition, constant, source);
}

/** What a condition in negation normal form looks up. */
export function lookupsOf(node: ConditionNode): Lookup[] {
  if (node.kind === 'and' || node.kind === 'or') return node.operands.flatMap(lookupsOf);
  return isLeaf(node) && constantOf(node) === undefined ? [lookupOf(node)] : [];
}

/** A step is worth its cost if that is not many times what it saves: verifying costs more than looking up. */
const COST_RATIO_MAX = 50;
/** So much costs nothing that anybody would notice. */
const COST_FREE = 20_000;

function planLookup(condition: string, lookup: Lookup, source: LookupSource): Planned {
  const answer = source.answer(lookup);
  if (!isAnswer(answer)) return { answer: undefined, step: scanStep(condition, source, answer.reason) };
  const step = stepOf(condition, answer.tests.length > 0 ? 'test' : 'lookup', answer);
  return { answer, step: { ...step, uses: describeLookup(lookup), ...reasonOf(lookup, answer) } };
}

function reasonOf(lookup: Lookup, { isExact }: Answer): { readonly reason?: string } {
  if (isExact) return {};
  if (lookup.kind === 'present') return { reason: 'values of two paths are compared device by device' };
  return { reason: 'values are too long, too many, or not in order yet' };
}

/** Begins with what finds the fewest, and takes what is worth its cost; the rest is to be verified. */
function planAnd(node: AndNode, source: LookupSource): Planned {
  const parts = planConjuncts(node, source);
  const condition = printCondition(node);
  const [first, ...others] = parts.filter(isAnswered).sort(byEstimate);
  if (!first) {
    const step = scanStep(condition, source, 'no part of it can be looked up');
    return { answer: undefined, step: { ...step, steps: parts.map((part) => part.step) } };
  }
  if (first.answer.estimate === 0) {
    return { answer: NOTHING, step: { ...stepOf(condition, 'intersection', NOTHING), steps: [first.step] } };
  }
  const taken = others.map((part) => takeConjunct(part, first.answer.estimate));
  const left = parts.filter((part) => !isAnswered(part)).map(({ step }) => verified(step, step.reason));
  const answer = intersection(first.answer, taken, left.length === 0);
  const steps = [first.step, ...taken.map(({ step }) => step), ...left];
  return { answer, step: { ...stepOf(condition, 'intersection', answer), steps } };
}

interface Answered extends Planned {
  readonly answer: Answer;
}

function isAnswered(part: Planned): part is Answered {
  return part.answer !== undefined;
}

function byEstimate(left: Answered, right: Answered): number {
  return left.answer.estimate - right.answer.estimate || costOf(left.answer) - costOf(right.answer);
}

/** What becomes of a conjunct after the first: its set, its test, or nothing of both. */
interface Taken {
  readonly step: PlanStep;
  readonly set?: Answer;
  readonly test?: NumberTest;
  readonly isExact: boolean;
}

function takeConjunct({ answer, step }: Answered, found: number): Taken {
  const isCheap = costOf(answer) <= COST_RATIO_MAX * found + COST_FREE;
  const { test, tests, isExact } = answer;
  if (test && (tests.length > 0 || !isCheap)) return { step: { ...step, way: 'test' }, test, isExact };
  if (isCheap) return { step, set: answer, isExact };
  return { step: verified(step, 'verifying the few that are found costs less than looking it up'), isExact: false };
}

function verified(step: PlanStep, reason: string | undefined): PlanStep {
  return { ...step, way: 'verify', isExact: false, ...(reason === undefined ? {} : { reason }) };
}

function intersection(first: Answer, taken: readonly Taken[], isComplete: boolean): Answer {
  const sets = taken.flatMap(({ set }) => set ?? []);
  return {
    estimate: first.estimate,
    isExact: isComplete && first.isExact && taken.every(({ isExact }) => isExact),
    cost: sets.reduce((sum, set) => sum + Math.min(first.estimate, set.estimate) + costOf(set), first.cost),
    base: () => sets.reduce((found, set) => found.intersect(collect(set)), first.base()),
    ...preparing([first, ...sets]),
    tests: [...first.tests, ...taken.flatMap(({ test }) => test ?? [])],
  };
}

/** The union, if there is an answer to every part; one by one when a part has to ask every device anyway. */
function planOr(node: OrNode, source: LookupSource): Planned {
  const condition = printCondition(node);
  const parts = node.operands.map((operand) => planNode(operand, source));
  const steps = parts.map(({ step }) => step);
  const unanswered = parts.find((part) => !isAnswered(part));
  if (unanswered) {
    const reason = `of ${unanswered.step.condition} nothing is known: ${unanswered.step.reason}`;
    return { answer: undefined, step: { ...scanStep(condition, source, reason), steps } };
  }
  const answer = unionOf(
    parts.flatMap((part) => part.answer ?? []),
    source,
  );
  return { answer, step: { ...stepOf(condition, answer.tests.length > 0 ? 'test' : 'union', answer), steps } };
}

function unionOf(answers: readonly Answer[], { all }: LookupSource): Answer {
  const estimate = Math.min(
    all.size,
    answers.reduce((sum, answer) => sum + answer.estimate, 0),
  );
  const isExact = answers.every((answer) => answer.isExact);
  const tests = answers.flatMap(({ test }) => test ?? []);
  const test: NumberTest | undefined =
    tests.length === answers.length ? (number) => tests.some((one) => one(number)) : undefined;
  if (test && answers.some((answer) => answer.tests.length > 0)) {
    return { estimate, isExact, cost: 0, base: () => all, tests: [test], test };
  }
  const cost = answers.reduce((sum, answer) => sum + answer.estimate + costOf(answer), 0);
  const base = () => uniteAll(answers.map(collect));
  return { estimate, isExact, cost, base, ...preparing(answers), tests: [], ...(test ? { test } : {}) };
}

/** Two ends of an interval on the same path are looked up as one. */
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

function stepOf(condition: string, way: PlanStep['way'], { estimate, isExact }: Answer): PlanStep {
  return { condition, way, estimate, isExact };
}

function scanStep(condition: string, { all }: LookupSource, reason: string): PlanStep {
  return { condition, way: 'scan', estimate: all.size, isExact: false, reason };
}
