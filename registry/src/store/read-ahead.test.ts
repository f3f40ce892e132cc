import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReadAhead } from './read-ahead.js';

/** Rows in the order of their keys, as a table has them; it counts how often it is asked. */
function tableOf(keys: readonly string[]) {
  const rows = new Map(keys.toSorted().map((key) => [key, `${key} as it was`]));
  const asked = { single: 0, many: 0 };
  const get = (key: string) => {
    asked.single += 1;
    return rows.get(key);
  };
  const getRange = ({ start, limit }: { start: string; limit: number }) => {
    asked.many += 1;
    const entries = [...rows].filter(([key]) => key >= start).toSorted(([left], [right]) => (left < right ? -1 : 1));
    return entries.slice(0, limit).map(([key, value]) => ({ key, value }));
  };
  return { rows, asked, get, getRange };
}

const names = Array.from({ length: 400 }, (_, n) => `d-${String(n).padStart(3, '0')}`);

test('whatever is asked for in whatever order, and written meanwhile, the answer is what the table has', () => {
  const name = fc.constantFrom(...names.slice(0, 100));
  const stretch = fc.tuple(fc.nat(99), fc.nat(60)).map(([start, length]) => names.slice(start, start + length));
  const step = fc.oneof(
    stretch.map((read) => ({ read, write: [] as string[] })),
    name.map((one) => ({ read: [one], write: [] as string[] })),
    fc.array(name, { maxLength: 5 }).map((write) => ({ read: [] as string[], write })),
  );
  fc.assert(
    fc.property(fc.uniqueArray(name), fc.array(step, { maxLength: 30 }), (stored, steps) => {
      const table = tableOf(stored);
      const ahead = new ReadAhead(table);
      for (const [number, { read, write }] of steps.entries()) {
        for (const key of write) table.rows.set(key, `${key} since ${number}`);
        if (write.length > 0) ahead.drop();
        for (const key of read) expect(ahead.get(key)).toBe(table.rows.get(key));
      }
    }),
  );
});

test('rows that are asked for in order are read many at once, also where some are left out', () => {
  const table = tableOf(names);
  const ahead = new ReadAhead(table);
  for (const [n, key] of names.entries()) if (n % 5 !== 0) ahead.get(key);
  expect(table.asked.single).toBeLessThan(20);
  expect(table.asked.many).toBeLessThan(12);
});

test('rows that are asked for out of order are read one by one, but for a few', () => {
  const table = tableOf(names);
  const ahead = new ReadAhead(table);
  for (const [n] of names.entries()) ahead.get(names[(n * 137) % names.length] as string);
  expect(table.asked.many).toBeLessThanOrEqual(names.length / 16);
});
