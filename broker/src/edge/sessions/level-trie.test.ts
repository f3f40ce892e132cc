import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { edgeLimits } from '../edge-limits.js';
import { filterMatches, isFilter } from '../packets/topic-filter.js';
import { FilterTrie } from './filter-trie.js';
import type { StoredPacket } from './persistence-port.js';
import { RetainedMessages } from './retained-messages.js';

describe('filters and topics, section 4.7 of MQTT 3.1.1', () => {
  test.each<[string, string, boolean]>([
    ['sport/#', 'sport', true],
    ['sport/#', 'sport/', true],
    ['sport/#', 'sport/a/b', true],
    ['sport/#', 'sports', false],
    ['#', 'a/b', true],
    ['#', '$SYS/a', false],
    ['+/a', '$SYS/a', false],
    ['$SYS/#', '$SYS/a', true],
    ['+', '', true],
    ['+', '/a', false],
    ['+/+', '/a', true],
    ['/+', '/a', true],
    ['a/+', 'a', false],
    ['a/+', 'a/', true],
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/b/d', false],
    ['a', 'a', true],
    ['a', 'a/b', false],
    ['a/b', 'a', false],
  ])('%s and %s: %s', (filter, topic, expected) => {
    expect(filterMatches(filter, topic)).toBe(expected);
  });
});

const level = fc.constantFrom('a', 'b', '', '$x');
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .array(fc.oneof(level, fc.constant('+')), { minLength: 0, maxLength: 4 })
  .chain((levels) => fc.constantFrom([...levels, '#'], levels.length > 0 ? levels : ['+']))
  .map((levels) => levels.join('/'))
  .filter(isFilter);
const qos = fc.constantFrom(1 as const, 2 as const);

test('the trie finds the same holders as a scan of all filters, also after removals', () => {
  const holding = fc.record({ filter, holder: fc.constantFrom('p', 'q', 'r'), qos, isRemoved: fc.boolean() });
  fc.assert(
    fc.property(fc.array(holding, { maxLength: 12 }), topic, (holdings, sought) => {
      const trie = new FilterTrie();
      const held = new Map<string, (typeof holdings)[number]>();
      for (const one of holdings) {
        trie.add(one.filter, one.holder, one.qos);
        held.set(`${one.holder} ${one.filter}`, one);
      }
      for (const one of holdings.filter(({ isRemoved }) => isRemoved)) {
        trie.remove(one.filter, one.holder);
        held.delete(`${one.holder} ${one.filter}`);
      }
      const expected = new Map<string, number>();
      for (const one of held.values()) {
        if (!filterMatches(one.filter, sought)) continue;
        expected.set(one.holder, Math.max(one.qos, expected.get(one.holder) ?? 0));
      }
      expect(trie.match(sought)).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});

test('retained messages match by their topics, and sizes add up', () => {
  const change = fc.record({ topic, payload: fc.constantFrom('', 'x', 'yy') });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 15 }), filter, (changes, sought) => {
      const retained = new RetainedMessages(edgeLimits({ retainedMessagesMax: 20, retainedBytesMax: 1_000 }));
      const naive = new Map<string, string>();
      for (const one of changes) {
        retained.set({ topic: one.topic, payload: Buffer.from(one.payload) } as StoredPacket);
        if (one.payload === '') naive.delete(one.topic);
        else naive.set(one.topic, one.payload);
      }
      const expected = [...naive.keys()].filter((one) => filterMatches(sought, one));
      expect(
        retained
          .match(sought)
          .map((one) => one.topic)
          .toSorted(),
      ).toEqual(expected.toSorted());
      const free = 1_000 - [...naive].reduce((sum, [one, payload]) => sum + one.length + payload.length, 0);
      const fits = (topicOf: string, bytes: number) =>
        retained.reserve({ topic: topicOf, payload: Buffer.alloc(bytes - topicOf.length) } as StoredPacket);
      expect(fits('n/more', free + 1)).toBeUndefined();
      const release = fits('n/all', free);
      expect(release).toBeDefined();
      release?.();
      const added = Array.from({ length: 21 }, (_, index) => fits(`n/${index}`, `n/${index}`.length + 1));
      expect(added.filter((one) => one !== undefined)).toHaveLength(20 - naive.size);
    }),
    { numRuns: 1000 },
  );
});

test('a wildcard visits only topics that it can match', () => {
  const retained = new RetainedMessages(edgeLimits());
  for (let index = 0; index < 100_000; index++) {
    retained.set({ topic: `elsewhere/${index}`, payload: Buffer.from('x') } as StoredPacket);
  }
  let reads = 0;
  const seen = { topic: 'a/b', payload: Buffer.from('x') } as StoredPacket;
  retained.set(seen);
  for (const one of retained.match('a/#')) reads += one.topic === seen.topic ? 1 : 100;
  expect(reads).toBe(1);
});
