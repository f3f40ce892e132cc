import type { Condition, KeyIndex, Subject } from '@muster/conditions';
import { importPackage } from '../load/checkout.js';
import { type ConditionKind, ConditionWorkload } from '../load/condition-workload.js';
import { seededRandom } from '../load/seeded-random.js';

const SEED = 20_251;
const DEVICES = 400;
const CHECKED_DEVICES = 20;
const CLOSURE_CALLS_MIN = 200_000;
const NAIVE_MS_MAX = 4_000;
const INDEX_MS = 1_000;
const WARM_UP_ROUNDS = 3;

/** Times are microseconds for one device, counts are means of one device, memory is bytes of one condition. */
export interface MatchFigures {
  readonly kind: ConditionKind;
  readonly conditions: number;
  readonly distinct: number;
  readonly postings: number;
  readonly matches: number;
  readonly candidates: number;
  readonly naiveUs: number;
  readonly indexUs: number;
  /** Processor time, with the threads of the garbage collector. */
  readonly indexProcessorUs: number;
  readonly buildMs: number;
  readonly conditionBytes: number;
  readonly indexBytes: number;
}

/** Measures the index and the loop over the same compiled conditions. Throws if their answers differ. */
export async function measureMatch(kind: ConditionKind, amount: number): Promise<MatchFigures> {
  const { KeyIndex, parseCondition } = await importPackage('conditions');
  const workload = new ConditionWorkload(seededRandom(SEED));
  const texts = Array.from({ length: amount }, () => workload.condition(kind));
  const before = heapBytes();
  const conditions = texts.map((text) => parseCondition(text, 'target'));
  const parsed = heapBytes();
  const { index, buildMs } = build(new KeyIndex<number>(), conditions);
  const built = heapBytes();
  const devices = Array.from({ length: DEVICES }, (_, n) => workload.device(n));
  const { distinct, postings } = index.counters;
  const naiveUs = measureNaive(conditions, index, devices);
  return {
    ...{ kind, conditions: amount, distinct, postings, naiveUs, buildMs },
    ...measureIndex(index, devices),
    conditionBytes: (parsed - before) / amount,
    indexBytes: (built - parsed) / amount,
  };
}

function build(
  index: KeyIndex<number>,
  conditions: readonly Condition[],
): { index: KeyIndex<number>; buildMs: number } {
  const startedAt = performance.now();
  for (const [n, condition] of conditions.entries()) index.add(n, condition);
  return { index, buildMs: performance.now() - startedAt };
}

/** Also checks the answers of the index against the loop. */
function measureNaive(conditions: readonly Condition[], index: KeyIndex<number>, devices: readonly Subject[]): number {
  for (const device of devices.slice(0, CHECKED_DEVICES)) check(device, naive(conditions, device), index.match(device));
  const callsMin = Math.ceil(CLOSURE_CALLS_MIN / conditions.length);
  const startedAt = performance.now();
  let asked = 0;
  let elapsedMs = 0;
  while (elapsedMs < NAIVE_MS_MAX && (asked < CHECKED_DEVICES || asked < callsMin)) {
    naive(conditions, devices[asked % devices.length] as Subject);
    asked += 1;
    elapsedMs = performance.now() - startedAt;
  }
  return (elapsedMs * 1_000) / asked;
}

function naive(conditions: readonly Condition[], device: Subject): number[] {
  const matches: number[] = [];
  for (let n = 0; n < conditions.length; n += 1) if (conditions[n]?.test(device) === true) matches.push(n);
  return matches;
}

function check(device: Subject, expected: readonly number[], answer: readonly number[]): void {
  const sorted = [...answer].sort((left, right) => left - right);
  if (sorted.length === expected.length && sorted.every((n, position) => n === expected[position])) return;
  throw new Error(`the index differs from the loop for ${JSON.stringify(device)}: ${sorted}, not ${expected}`);
}

/** Means of one call over all devices. During the warm-up the index adapts its keys. */
function measureIndex(
  index: KeyIndex<number>,
  devices: readonly Subject[],
): Pick<MatchFigures, 'indexUs' | 'indexProcessorUs' | 'matches' | 'candidates'> {
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) for (const device of devices) index.match(device);
  const before = index.counters.candidates;
  const [startedAt, processorBefore] = [performance.now(), process.cpuUsage()];
  let asked = 0;
  let found = 0;
  while (performance.now() - startedAt < INDEX_MS) {
    for (const device of devices) found += index.match(device).length;
    asked += devices.length;
  }
  const elapsedMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(processorBefore);
  return {
    indexUs: (elapsedMs * 1_000) / asked,
    indexProcessorUs: (user + system) / asked,
    candidates: (index.counters.candidates - before) / asked,
    matches: found / asked,
  };
}

function heapBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
