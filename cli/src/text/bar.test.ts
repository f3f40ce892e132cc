import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { type BarCounts, bar, PLAIN_MARKS } from './bar.js';

it.each<[BarCounts, string]>([
  [{ applied: 0, failed: 0, open: 0, total: 0 }, '..........'],
  [{ applied: 0, failed: 0, open: 0, total: 5 }, '..........'],
  [{ applied: 5, failed: 0, open: 0, total: 5 }, '##########'],
  [{ applied: 5, failed: 2, open: 1, total: 10 }, '#####xx-..'],
  [{ applied: 999, failed: 1, open: 0, total: 1_000 }, '#########x'],
  [{ applied: 999, failed: 0, open: 0, total: 1_000 }, '#########.'],
  [{ applied: 1, failed: 1, open: 1, total: 1_000 }, '#x-.......'],
  [{ applied: 12, failed: 0, open: 0, total: 10 }, '##########'],
])('%j is drawn as %s', (counts, drawn) => {
  expect(bar(counts, 10, PLAIN_MARKS)).toBe(drawn);
});

test('a bar has its width and shows exactly the parts that are not empty', () => {
  const count = fc.oneof(fc.constant(0), fc.nat(5), fc.nat(100_000));
  fc.assert(
    fc.property(
      count,
      count,
      count,
      count,
      fc.integer({ min: 4, max: 40 }),
      (applied, failed, open, missing, width) => {
        const total = applied + failed + open + missing;
        const drawn = bar({ applied, failed, open, total }, width, PLAIN_MARKS);
        expect(drawn).toMatch(/^#*x*-*\.*$/);
        expect(drawn).toHaveLength(width);
        const shown = [...'#x-.'].map((mark) => drawn.includes(mark));
        expect(shown).toEqual(
          [applied, failed, open, missing].map((one, index) => one > 0 || (total === 0 && index === 3)),
        );
      },
    ),
  );
});
