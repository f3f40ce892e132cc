import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition, Subject, SubjectPath } from '../language/condition.js';
import { printCondition } from '../language/print.js';
import { parseCondition } from '../parse/parse.js';
import { conditionOf, node, subject } from '../testing/arbitrary.js';
import { pageOf } from '../testing/page-of.js';
import { workloadSubject, workloadText } from '../testing/workload.js';
import type { Candidates } from './candidates.js';
import { DeviceIndex, type DeviceIndexOptions } from './device-index.js';

/** Number of steps. Default: a short run; MUSTER_LONG_RUN_STEPS sets a long one. */
const STEPS = Number(process.env.MUSTER_LONG_RUN_STEPS ?? 6_000);
const STEPS_A_RUN = 40;

const IDS = [
  '',
  'a',
  'ab',
  'abc',
  'A',
  '\0',
  '\ud83d',
  '🚀',
  '\uffff',
  '__proto__',
  'constructor',
  '1.0.0',
  '1.0.0-rc.1',
];
const WATCHED: readonly SubjectPath[] = [
  ['reported', 'a'],
  ['reported', 'n'],
  ['reported', 'constructor'],
  ['reported', 'deep', 'a'],
];

type Step =
  | { readonly kind: 'put'; readonly id: string; readonly subject: Subject; readonly isNamed: boolean }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'watch' | 'unwatch' | 'fill'; readonly path: SubjectPath }
  | { readonly kind: 'refill' };

const stepOf = (one: fc.Arbitrary<Subject>): fc.Arbitrary<Step> => {
  const id = fc.constantFrom(...IDS);
  const path = fc.constantFrom(...WATCHED);
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('put'), id, subject: one, isNamed: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove'), id }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('watch', 'fill'), path }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('unwatch'), path }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('refill') }) },
  );
};

/** The index beside a plain model of it. */
class Model {
  readonly index: DeviceIndex;
  readonly subjects = new Map<string, Subject>();
  readonly #users = new Map<SubjectPath, number>();
  #unfilledTags: string[] | undefined;
  readonly #unfilled = new Map<SubjectPath, string[]>();

  constructor(options: DeviceIndexOptions) {
    this.index = new DeviceIndex(options);
  }

  take(step: Step): void {
    if (step.kind === 'put') {
      const { id, isNamed, subject: given } = step;
      this.#change(id, { ...given, id, name: isNamed ? given.name : id });
    } else if (step.kind === 'remove') this.#change(step.id, undefined);
    else if (step.kind === 'watch') this.#watch(step.path);
    else if (step.kind === 'unwatch') this.#unwatch(step.path);
    else if (step.kind === 'refill') this.#refill(3);
    else this.#fill(step.path, 3);
  }

  removeAll(): void {
    for (const path of WATCHED) while (this.#users.has(path)) this.#unwatch(path);
    for (const id of IDS) this.#change(id, undefined);
  }

  #change(id: string, after: Subject | undefined): void {
    this.index.change(this.subjects.get(id), after);
    if (after) this.subjects.set(id, after);
    else this.subjects.delete(id);
  }

  #watch(path: SubjectPath): void {
    const users = this.#users.get(path) ?? 0;
    expect(this.index.watchReported(path)).toBe(users === 0);
    this.#users.set(path, users + 1);
    if (users === 0) this.#unfilled.set(path, [...this.subjects.keys()]);
  }

  #unwatch(path: SubjectPath): void {
    const users = this.#users.get(path);
    if (users === undefined) return;
    this.index.unwatchReported(path);
    if (users > 1) this.#users.set(path, users - 1);
    else this.#users.delete(path);
  }

  #refill(slice: number): void {
    if (this.index.refillTags()) this.#unfilledTags = [...this.subjects.keys()];
    for (const id of this.#unfilledTags?.splice(0, slice) ?? []) {
      const one = this.subjects.get(id);
      if (one) this.index.fill(['tags'], one);
    }
    if (this.#unfilledTags?.length === 0) expect(this.index.completed(['tags'])).toBe(true);
  }

  #fill(path: SubjectPath, slice: number): void {
    if (!this.#users.has(path)) return;
    for (const id of this.#unfilled.get(path)?.splice(0, slice) ?? []) {
      const one = this.subjects.get(id);
      if (one) this.index.fill(path, one);
    }
    if (this.#unfilled.get(path)?.length === 0) expect(this.index.completed(path)).toBe(true);
  }
}

const sorted = (ids: Iterable<string>) => [...ids].sort();

function naive(subjects: ReadonlyMap<string, Subject>, condition: Condition): string[] {
  return sorted([...subjects.values()].filter((one) => condition.test(one) === true).map(({ id }) => id));
}

function verified(
  found: Candidates,
  subjects: ReadonlyMap<string, Subject>,
  isTrue: (one: Subject) => boolean,
): string[] {
  const ids = [...found.ids()];
  const matching = ids.filter((id) => isTrue(subjects.get(id) as Subject));
  if (found.isExact) expect(matching).toEqual(ids);
  if (found.isCounted) expect(found.sizeMax).toBe(ids.length);
  expect(found.sizeMax).toBeGreaterThanOrEqual(ids.length);
  return sorted(matching);
}

function expectTruth({ index, subjects }: Model, condition: Condition, other: Condition): void {
  const matching = naive(subjects, condition);
  const found = index.find(condition);
  expect(
    verified(found, subjects, (one) => condition.test(one) === true),
    printCondition(condition.root),
  ).toEqual(matching);
  expect(found.plan).toEqual(index.plan(condition));
  expect(found.plan?.isExact).toBe(found.isExact);
  expect(found.plan?.estimate).toBeGreaterThanOrEqual(matching.length);
  const inOrder = sorted(found.ids());
  expect(pageOf(found, undefined, 100)).toEqual(inOrder);
  expect(pageOf(found, 'ab', 2)).toEqual(inOrder.filter((id) => id > 'ab').slice(0, 2));
  for (const id of IDS) expect(found.has(id)).toBe(inOrder.includes(id));
  const differs = (one: Subject) => (condition.test(one) === true) !== (other.test(one) === true);
  const flipped = sorted([...subjects.values()].filter(differs).map(({ id }) => id));
  const holders = naive(subjects, other);
  for (const id of holders) index.mark(id, 'held');
  expect(sorted(index.marked('held').ids())).toEqual(holders);
  expect(verified(index.mismatched('held', condition), subjects, differs)).toEqual(flipped);
  const either = (one: Subject) => condition.test(one) === true || other.test(one) === true;
  const any = sorted([...subjects.values()].filter(either).map(({ id }) => id));
  expect(verified(index.findAny([condition, other]), subjects, either)).toEqual(any);
  for (const [n, id] of holders.entries()) expect(index.unmark(id, 'held')).toBe(n === holders.length - 1);
}

function takeSteps(steps: readonly Step[], conditions: readonly Condition[], options: DeviceIndexOptions): void {
  const model = new Model(options);
  for (const [at, step] of steps.entries()) {
    model.take(step);
    expect(model.index.counters.devices).toBe(model.subjects.size);
    const [one, other] = [conditions[at % conditions.length], conditions[(at + 1) % conditions.length]];
    if (one && other) expectTruth(model, one, other);
  }
  for (const one of conditions) expectTruth(model, one, one);
  expect(model.index.counters.values).toBeLessThanOrEqual(options.indexedValuesMax ?? Number.POSITIVE_INFINITY);
  expect(model.index.counters.paths).toBeLessThanOrEqual(options.indexedPathsMax ?? Number.POSITIVE_INFINITY);
  model.removeAll();
  expect(model.index.counters).toMatchObject({ devices: 0, paths: 0, values: 0, watched: 0, leftOut: 0, givenUp: [] });
}

function takeManySteps(
  condition: fc.Arbitrary<Condition>,
  one: fc.Arbitrary<Subject>,
  options: DeviceIndexOptions,
): void {
  const steps = fc.array(stepOf(one), { minLength: STEPS_A_RUN, maxLength: STEPS_A_RUN, size: 'max' });
  const conditions = fc.array(condition, { minLength: 10, maxLength: 10, size: 'max' });
  const numRuns = Math.ceil(STEPS / 4 / STEPS_A_RUN);
  fc.assert(
    fc.property(steps, conditions, (some, asked) => takeSteps(some, asked, options)),
    { numRuns },
  );
}

const parsed = (text: string) => parseCondition(text, 'target');

describe('after every change, watch and fill it finds what asking every device finds', () => {
  const timeoutMs = 20_000 + STEPS * 20;

  test('for conditions and devices of every kind', () => takeManySteps(node.map(conditionOf), subject, {}), timeoutMs);

  test(
    'for values that many devices share',
    () => takeManySteps(workloadText.map(parsed), workloadSubject, {}),
    timeoutMs,
  );

  test(
    'when there are more paths than are indexed',
    () => takeManySteps(workloadText.map(parsed), workloadSubject, { indexedPathsMax: 3 }),
    timeoutMs,
  );

  test(
    'when there are more values than are indexed',
    () => takeManySteps(workloadText.map(parsed), workloadSubject, { indexedValuesMax: 6 }),
    timeoutMs,
  );
});
