import type { Json } from '@muster/twin';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition, Subject } from '../language/condition.js';
import { parseCondition } from '../parse/parse.js';
import { conditionOf, node, subject } from '../testing/arbitrary.js';
import { workloadSubject, workloadText } from '../testing/workload.js';
import { KeyIndex } from './key-index.js';
import { ScanIndex } from './scan-index.js';

/** Some runs ask often enough to insert conditions again. */
const QUESTIONS_MAX = 150;

/** Number of steps. Default: a short run; MUSTER_LONG_RUN_STEPS sets a long one. */
const STEPS = Number(process.env.MUSTER_LONG_RUN_STEPS ?? 6_000);
const STEPS_A_RUN = 30;

type Step = { readonly key: number; readonly condition: Condition | undefined };

const step = (condition: fc.Arbitrary<Condition>): fc.Arbitrary<Step> =>
  fc.record({ key: fc.nat(40), condition: fc.option(condition, { nil: undefined, freq: 8 }) });

function expectSameAnswers(index: KeyIndex<number>, oracle: ScanIndex<number>, subjects: readonly Subject[]): void {
  expect(index.size).toBe(oracle.size);
  for (const [at, one] of subjects.entries()) {
    expect(index.match(one).sort()).toEqual(oracle.match(one).sort());
    const other = subjects[(at + 1) % subjects.length] ?? one;
    expect(index.readsReported(other.reported)).toBe(oracle.readsReported(other.reported));
  }
}

function takeSteps(steps: readonly Step[], subjects: readonly Subject[], questions: number): void {
  const [index, oracle] = [new KeyIndex<number>(), new ScanIndex<number>()];
  for (const { key, condition } of steps) {
    for (const one of [index, oracle]) {
      if (condition) one.add(key, condition);
      else one.remove(key);
    }
    expectSameAnswers(index, oracle, subjects);
  }
  for (let question = 0; question < questions; question += 1) for (const one of subjects) index.match(one);
  expectSameAnswers(index, oracle, subjects);
  for (let key = 0; key <= 40; key += 1) index.remove(key);
  expect(index.counters).toMatchObject({
    conditions: 0,
    distinct: 0,
    scanned: 0,
    broad: 0,
    never: 0,
    postings: 0,
    lists: 0,
    paths: 0,
  });
  expect(subjects.flatMap((one) => index.match(one))).toEqual([]);
}

function takeManySteps(condition: fc.Arbitrary<Condition>, one: fc.Arbitrary<Subject>, steps: number): void {
  const run = fc.array(step(condition), { minLength: STEPS_A_RUN, maxLength: STEPS_A_RUN, size: 'max' });
  const questions = fc.constantFrom(0, 0, 0, QUESTIONS_MAX);
  const subjects = fc.array(one, { minLength: 3, maxLength: 3 });
  fc.assert(fc.property(run, subjects, questions, takeSteps), { numRuns: Math.ceil(steps / STEPS_A_RUN) });
}

const parsed = (text: string) => parseCondition(text, 'target');

describe('after every step of adding, replacing and removing it answers as the scan does', () => {
  const timeoutMs = 20_000 + STEPS * 20;

  test(
    'for conditions and subjects of every kind',
    () => {
      takeManySteps(node.map(conditionOf), subject, STEPS / 6);
    },
    timeoutMs,
  );

  test(
    'for conditions that crowd under the same keys',
    () => {
      takeManySteps(workloadText.map(parsed), workloadSubject, STEPS / 3);
    },
    timeoutMs,
  );

  test(
    'for conditions that are told apart by their second and third keys only',
    () => {
      const first = fc.constantFrom("device.tags.a = 'x'", "STARTS_WITH(device.name, 'ab')", "device.tags.a = 'abc'");
      const text = fc.tuple(first, workloadText).map(([one, rest]) => (rest === '*' ? one : `${one} AND (${rest})`));
      const one = workloadSubject.map((held) => ({ ...held, name: 'abcd', tags: { ...held.tags, a: 'x' } }));
      takeManySteps(text.map(parsed), fc.oneof(one, workloadSubject), STEPS / 2);
    },
    timeoutMs,
  );
});

const base: Subject = { id: 'd', name: 'd', tags: {}, reported: {} };

function indexOf(texts: readonly string[]): KeyIndex<number> {
  const index = new KeyIndex<number>();
  for (const [key, text] of texts.entries()) index.add(key, parsed(text));
  return index;
}

/** The number of conditions tested for an answer. */
function candidates(index: KeyIndex<number>, ask: () => unknown): number {
  const before = index.counters.candidates;
  ask();
  return index.counters.candidates - before;
}

const numbered = (count: number, text: (n: number) => string) => Array.from({ length: count }, (_, n) => text(n));

test.each<[string, string, Json, boolean]>([
  ['-0 is 0', 'device.tags.a = 0', -0, true],
  ['-0 is not below 0', 'device.tags.a < 0', -0, false],
  ['a text is no number', 'device.tags.a = 1', '1', false],
  ['a number is no text', "device.tags.a = '1'", 1, false],
  ['null is a value', 'device.tags.a = null', null, true],
  ['null is there', 'IS_DEFINED(device.tags.a)', null, true],
  ['not null', 'device.tags.a != null', {}, true],
  ['nothing begins a text', "STARTS_WITH(device.tags.a, '')", '', true],
  ['nothing ends a text', "ENDS_WITH(device.tags.a, '')", 'x', true],
  ['nothing is in a text', "CONTAINS(device.tags.a, '')", '', true],
  ['nothing is in no number', "CONTAINS(device.tags.a, '')", 5, false],
  ['a text ends with itself', "ENDS_WITH(device.tags.a, 'abc')", 'abc', true],
  ['a longer text begins nothing', "STARTS_WITH(device.tags.a, 'abcd')", 'abc', false],
  ['half a character', "STARTS_WITH(device.tags.a, '\\ud83d')", '🚀', true],
  ['the other half', "ENDS_WITH(device.tags.a, '\\ude80')", '🚀', true],
  ['a character amid others', "CONTAINS(device.tags.a, '🚀b')", 'a🚀b', true],
  ['a key that is a name of objects', "device.tags.constructor = 'x'", 'y', false],
  ['a value that is a name of objects', "device.tags.a = '__proto__'", '__proto__', true],
  ['a long text', "CONTAINS(device.tags.a, 'needle')", `${'na'.repeat(50_000)}needle`, true],
  ['many elements', 'ARRAY_CONTAINS(device.tags.a, 9999)', Array.from({ length: 10_000 }, (_, n) => n), true],
  ['an element of another type', "ARRAY_CONTAINS(device.tags.a, '5')", [5], false],
  ['an element that is -0', 'ARRAY_CONTAINS(device.tags.a, 0)', [-0], true],
  ['a pre-release', "VERSION(device.tags.a) < VERSION('1.0.0')", '1.0.0-rc.1', true],
  ['pre-releases in order', "VERSION(device.tags.a) > VERSION('1.0.0-rc.9')", '1.0.0-rc.10', true],
  ['a build', "VERSION(device.tags.a) = VERSION('1.0.0+a')", '1.0.0+b', true],
  ['no version', "VERSION(device.tags.a) != VERSION('1.0.0')", '1.0', false],
  ['a long version', "VERSION(device.tags.a) > VERSION('9.0.0')", `1${'0'.repeat(70_000)}.0.0`, true],
  ['lower case', "LOWER(device.tags.a) = 'straße'", 'STRAßE', true],
  ['an upper end that is met', 'device.tags.a > 1 AND device.tags.a <= 2', 2, true],
  ['an upper end that is not', 'device.tags.a > 1 AND device.tags.a < 2', 2, false],
])('%s', (_, text, value, matches) => {
  const one = { ...base, tags: { a: value } };
  expect(parsed(text).test(one) === true).toBe(matches);
  expect(indexOf([text]).match(one)).toEqual(matches ? [0] : []);
});

test('__proto__ is an ordinary name in a document', () => {
  const root = parsed("device.tags.proto = 'x'").root;
  const text = JSON.stringify(root).replace('"proto"', '"__proto__"');
  const index = new KeyIndex();
  index.add('a', conditionOf(JSON.parse(text)));
  expect(index.match({ ...base, tags: JSON.parse('{"__proto__":"x"}') })).toEqual(['a']);
  expect(index.match({ ...base, tags: { proto: 'x' } })).toEqual([]);
});

test('a list of hundreds of values is looked up by each, and a deep nest by what is inside', () => {
  const values = numbered(400, (n) => `'v${n}'`);
  const nest = `${'NOT ('.repeat(30)}device.tags.a = 'v7'${')'.repeat(30)}`;
  const index = indexOf([`device.tags.a IN [${values.join(', ')}]`, nest]);
  expect(index.match({ ...base, tags: { a: 'v399' } })).toEqual([0]);
  expect(index.match({ ...base, tags: { a: 'v7' } }).sort()).toEqual([0, 1]);
  expect(candidates(index, () => index.match({ ...base, tags: { a: 'w' } }))).toBe(0);
  expect(index.counters.postings).toBe(401);
});

test('conditions of the same meaning in other words are stored once', () => {
  const index = indexOf([
    "device.tags.a = 'x'",
    'device.tags["a"] == "x"',
    "(device.tags.a = 'x')",
    '*',
    'true',
    'false',
  ]);
  expect(index.counters).toMatchObject({ conditions: 6, distinct: 3, scanned: 1, never: 1, postings: 1, paths: 1 });
  expect(candidates(index, () => index.match({ ...base, tags: { a: 'x' } }))).toBe(2);
  expect(index.match({ ...base, tags: { a: 'x' } }).sort()).toEqual([0, 1, 2, 3, 4]);
  index.remove(0);
  expect(index.match({ ...base, tags: { a: 'x' } }).sort()).toEqual([1, 2, 3, 4]);
});

test('conditions indexed only by absence or inequality are counted as broad', () => {
  const texts = ["device.tags.a != 'x'", 'NOT IS_DEFINED(device.tags.a)', "device.tags.a != 'x' AND device.tags.b = 1"];
  expect(indexOf(texts).counters).toMatchObject({ broad: 2, scanned: 0 });
});

test.each<[string, (n: number) => string, Subject, number]>([
  ['equality', (n) => `device.tags.a = 'v${n}'`, { ...base, tags: { a: 'v7' } }, 1],
  ['a prefix', (n) => `STARTS_WITH(device.name, 'model-${n}-')`, { ...base, name: 'model-7-0001' }, 1],
  ['a suffix', (n) => `ENDS_WITH(device.name, '-${n}')`, { ...base, name: 'model-7' }, 1],
  ['a window', (n) => `device.tags.n >= ${n} AND device.tags.n < ${n + 1}`, { ...base, tags: { n: 7.5 } }, 1],
  [
    'the second of two equalities',
    (n) => `device.tags.a = 'x' AND device.tags.b = ${n}`,
    { ...base, tags: { a: 'x', b: 7 } },
    1,
  ],
  [
    'a prefix after an equality',
    (n) => `device.tags.a = 'x' AND STARTS_WITH(device.name, 'm${n}-')`,
    { ...base, name: 'm7-', tags: { a: 'x' } },
    1,
  ],
  [
    'a threshold after an equality',
    (n) => `device.tags.a = 'x' AND device.tags.n < ${n} AND device.tags.b = 1`,
    { ...base, tags: { a: 'x', n: 994, b: 1 } },
    5,
  ],
  ['a version', (n) => `VERSION(device.tags.v) > VERSION('1.${n}.0')`, { ...base, tags: { v: '1.5.0' } }, 5],
  ['a needle', (n) => `CONTAINS(device.name, 'n${1_000 + n}e')`, { ...base, name: 'xn1007ey' }, 1],
  ['an element', (n) => `ARRAY_CONTAINS(device.tags.l, ${n})`, { ...base, tags: { l: [7, 8] } }, 2],
  ['inequality', (n) => `device.tags.a != 'v${n}'`, { ...base, tags: { a: 'v7' } }, 999],
  ['a choice', (n) => `device.tags.a = 'v${n}' OR device.tags.b = 'v${n}'`, { ...base, tags: { a: 'v7', b: 'v8' } }, 2],
])(
  'of a thousand conditions told apart by %s those that match are examined, and few others',
  (_, text, one, matches) => {
    const index = indexOf(numbered(1_000, text));
    const examined = candidates(index, () => expect(index.match(one)).toHaveLength(matches));
    expect(examined).toBeLessThanOrEqual(matches + 5);
  },
);

test('a list is removed with its last posting, even if its place is still used', () => {
  const texts = numbered(400, (n) => `device.tags.a = 'v${n % 20}' AND device.tags.b = ${Math.floor(n / 20)}`);
  const index = indexOf([...texts, "device.tags.a = 'y' AND device.tags.b = -1"]);
  expect(index.counters.postings).toBe(401);
  expect(index.counters.lists).toBeGreaterThan(41);
  for (const key of texts.keys()) index.remove(key);
  expect(index.counters).toMatchObject({ postings: 1, lists: 1, paths: 2 });
});

test('windows that come between questions are found, however far they reach', () => {
  const index = indexOf(numbered(100, (n) => `device.tags.n > ${n} AND device.tags.n < ${n + 1}`));
  const at = (n: number) => index.match({ ...base, tags: { n } }).sort();
  expect([at(50.5), at(150)]).toEqual([[50], []]);
  index.add(100, parsed('device.tags.n > 0.5 AND device.tags.n < 200'));
  expect([at(50.5), at(150)]).toEqual([[100, 50], [100]]);
  index.remove(100);
  expect([at(50.5), at(150)]).toEqual([[50], []]);
});

test('a condition that misses often is inserted again, and tested no more', () => {
  const index = indexOf(numbered(5, (n) => `device.tags.t${n} = 'x' AND device.reported.n > ${90 + n}`));
  const one = { ...base, tags: { t0: 'x', t1: 'x', t2: 'x', t3: 'x', t4: 'x' }, reported: { n: 50 } };
  expect(candidates(index, () => index.match(one))).toBe(5);
  for (let question = 0; question < 100; question += 1) expect(index.match(one)).toEqual([]);
  expect(index.counters).toMatchObject({ reinserted: 5, postings: 5 });
  expect(candidates(index, () => index.match(one))).toBe(0);
  expect(index.match({ ...one, reported: { n: 93 } }).sort()).toEqual([0, 1, 2]);
  for (let key = 0; key < 5; key += 1) index.remove(key);
  expect(index.counters).toMatchObject({ distinct: 0, postings: 0, paths: 0 });
});

test('a patch of reports is judged by its own paths, however many are read', () => {
  const index = indexOf(numbered(1_000, (n) => `device.reported.group${n % 10}.value${n} = 1`));
  expect(index.readsReported({ group3: { value13: 5 } })).toBe(true);
  expect(index.readsReported({ group3: null })).toBe(true);
  expect(index.readsReported({ group3: { value14: 5 }, group: { value1: 1 } })).toBe(false);
});
