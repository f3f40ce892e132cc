import type { Json } from '@muster/twin';
import fc from 'fast-check';
import type { Subject } from '../language/condition.js';

/** Few names and values, so that many conditions crowd under the same keys and many subjects have those. */
const NAMES = ['a', 'b', 'n', 'constructor', '__proto__'] as const;
const TEXTS = [
  '',
  'x',
  'ab',
  'abc',
  'ABC',
  'abcd',
  'zabc',
  '1',
  '\ud83d',
  '🚀',
  '1.0.0',
  '1.0.0-rc.1',
  '1.0.0+b',
  '2.0.0',
];
const NUMBERS = [0, 1, 2, 3, 10, -1, 0.5];

const text = fc.constantFrom(...TEXTS);
const scalar = fc.oneof(text, fc.constantFrom(...NUMBERS), fc.boolean(), fc.constant(null));
/** The language refuses `__proto__`, but a document may hold it. */
const path = fc.oneof(
  fc.constantFrom('device.id', 'device.name'),
  fc
    .tuple(fc.constantFrom('tags', 'reported'), fc.constantFrom('a', 'b', 'n', 'constructor', 'deep.a', 'deep.b'))
    .map(([member, rest]) => `device.${member}.${rest}`),
);
const operator = fc.constantFrom('=', '=', '!=', '<', '<=', '>', '>=');
const print = (value: string | number | boolean | null) =>
  typeof value === 'string' ? `'${value.replace(/\ud83d(?!\ude80)/u, '\\ud83d')}'` : String(value);

const leaf = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(path, operator, scalar).map(([p, o, v]) => `${p} ${o} ${print(v)}`) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('STARTS_WITH', 'ENDS_WITH', 'CONTAINS'), path, text)
      .map(([name, p, t]) => `${name}(${p}, ${print(t)})`),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(path, fc.array(scalar, { maxLength: 4 })).map(([p, v]) => `${p} IN [${v.map(print)}]`),
  },
  { weight: 1, arbitrary: fc.tuple(path, operator, text).map(([p, o, t]) => `LOWER(${p}) ${o} ${print(t)}`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(path, operator, fc.constantFrom('1.0.0', '1.0.0-rc.1', '1.0.0-rc.1.x', '2.0.0', '0.9.0'))
      .map(([p, o, t]) => `VERSION(${p}) ${o} VERSION('${t}')`),
  },
  { weight: 1, arbitrary: fc.tuple(path, scalar).map(([p, v]) => `ARRAY_CONTAINS(${p}, ${print(v)})`) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('IS_DEFINED', 'IS_STRING', 'IS_NUMBER'), path).map(([f, p]) => `${f}(${p})`),
  },
  { weight: 1, arbitrary: fc.tuple(path, operator, path).map(([p, o, q]) => `${p} ${o} ${q}`) },
  { weight: 1, arbitrary: path },
);
const term = fc.oneof({ weight: 4, arbitrary: leaf }, { weight: 1, arbitrary: leaf.map((one) => `NOT ${one}`) });

/** The text of a condition: a few terms joined by AND, some an OR of two. Terms share paths and values. */
export const workloadText: fc.Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: fc.array(term, { minLength: 1, maxLength: 4 }).map((terms) => terms.join(' AND ')) },
  { weight: 8, arbitrary: fc.tuple(term, term, term).map(([a, b, c]) => `(${a} OR ${b}) AND ${c}`) },
  { weight: 4, arbitrary: fc.tuple(term, term, term).map(([a, b, c]) => `NOT (${a} AND (${b} OR ${c}))`) },
  { weight: 1, arbitrary: fc.constantFrom('*', 'false') },
);

const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(-0, {}) },
);
/** Made by JSON.parse, which makes an own member even of `__proto__`. */
const member = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 5 }),
    fc.array(fc.tuple(fc.constantFrom('a', 'b'), value), { maxLength: 2 }),
  )
  .map(([flat, deep]) => JSON.parse(objectText([...flat, ['deep', objectText(deep)]])));

function objectText(entries: readonly (readonly [string, Json])[]): string {
  const parts = new Map(
    entries.map(([name, held]) => [name, name === 'deep' ? String(held) : JSON.stringify(held)] as const),
  );
  return `{${[...parts].map(([name, held]) => `${JSON.stringify(name)}:${held}`).join(',')}}`;
}

export const workloadSubject: fc.Arbitrary<Subject> = fc.record({
  id: text,
  name: text,
  tags: member,
  reported: member,
});
