import type { Json } from '@muster/twin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { operandValue } from '../language/evaluate.js';
import { path, subject } from '../testing/arbitrary.js';
import { type PathSlot, PathTrie } from './path-trie.js';

const keysOf = (slots: Iterable<PathSlot>) => [...slots].map((slot) => JSON.stringify(slot.path)).sort();

test('what is open and held is shown, once, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(path, { maxLength: 30 }), fc.nat(30), subject, (paths, closed, one) => {
      const trie = new PathTrie();
      const slots = paths.map((operand) => trie.open(operand.path));
      for (const slot of slots.slice(0, closed)) trie.close(slot);
      const open = paths.slice(closed);
      const seen: PathSlot[] = [];
      trie.read(one, (slot, value) => {
        seen.push(slot);
        expect(value).toBe(open.map((operand) => operandValue(operand, one)).find((held) => held === value));
      });
      const held = open.filter((operand) => operandValue(operand, one) !== undefined);
      const expected = [...new Set(held.map((operand) => JSON.stringify(operand.path)))];
      expect(keysOf(seen)).toEqual(expected.sort());
      expect(trie.size).toBe(new Set(open.map((operand) => JSON.stringify(operand.path))).size);
    }),
    { numRuns: 1_000 },
  );
});

test('of many names of a member each is found', () => {
  const trie = new PathTrie();
  const tags: Record<string, Json> = { other: 1 };
  for (let n = 0; n < 200; n += 1) {
    trie.open(['tags', `n${n}`]);
    if (n % 2 === 0) tags[`n${n}`] = n;
  }
  const seen: unknown[] = [];
  trie.read({ id: 'd', name: 'd', tags, reported: {} }, (_, value) => seen.push(value));
  expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => 2 * n));
});
