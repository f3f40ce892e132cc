import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalEqual, type JsonObject } from '../json/json.js';
import { LIMITS } from '../protocol/limit.js';
import { nullFreeDocuments } from '../testing/index.js';
import { utf8Bytes } from '../text/utf8.js';
import { documentAt, remember, type Trail } from './trail.js';

/** Remembers the documents in turn; `acknowledge` returns the last acknowledged version at each of them. */
function play(documents: readonly JsonObject[], acknowledge: (version: number) => number) {
  let trail: Trail = [];
  for (const [index, after] of documents.entries()) {
    trail = remember(trail, index, documents[index - 1] ?? {}, after, acknowledge(index));
  }
  return trail;
}

const versions = (trail: Trail) => trail.map(({ version }) => version);
const numbered = (count: number): JsonObject[] => Array.from({ length: count }, (_, index) => ({ n: index + 1 }));
/** Strings near their limit, different in every version. */
const bulk = (version: number, strings: number): JsonObject =>
  Object.fromEntries(Array.from({ length: strings }, (_, n) => [`s${n}`, `${version}`.padEnd(4_000, 'é')]));

describe('remember', () => {
  test.each<[string, number, (version: number) => number, number[]]>([
    ['nothing at the first version', 1, () => 0, []],
    ['every version while there are few', 4, () => 0, [1, 2, 3]],
    ['the oldest and the newest beyond that', 8, () => 0, [1, 5, 6, 7]],
    ['the acknowledged one and the newest', 9, (version) => Math.min(version, 3), [3, 6, 7, 8]],
    ['only the last when everything is acknowledged at once', 6, (version) => version, [5]],
  ])('keeps %s', (_, count, acknowledge, expected) => {
    expect(versions(play(numbered(count), acknowledge))).toEqual(expected);
  });

  test('thins for size too, and keeps the acknowledged step as long as it fits by itself', () => {
    const trail = play([{ small: 1 }, bulk(2, 1), bulk(3, 1), bulk(4, 1), bulk(5, 1)], (version) =>
      Math.min(version, 1),
    );
    expect(versions(trail)).toEqual([1, 3, 4]);
    expect(documentAt(bulk(5, 1), trail, 1)).toEqual({ small: 1 });
    expect(versions(play([bulk(1, 3), bulk(2, 3)], () => 1))).toEqual([]);
  });

  test('returns the true document for every version it has, within its limits', () => {
    const change = fc.record({ document: nullFreeDocuments, acknowledges: fc.option(fc.nat(3)) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 15 }), (changes) => {
        const history: JsonObject[] = [{}];
        let [trail, acknowledged]: [Trail, number] = [[], 0];
        for (const { document, acknowledges } of changes) {
          const version = history.length - 1;
          const before = history[version] ?? {};
          if (canonicalEqual(before, document)) continue;
          if (acknowledges !== null) acknowledged = Math.max(acknowledged, version - acknowledges);
          const held = trail;
          trail = remember(held, version, before, document, acknowledged);
          history.push(document);
          for (const step of trail) expect(documentAt(document, trail, step.version)).toEqual(history[step.version]);
          expect(trail.length).toBeLessThanOrEqual(LIMITS.trailStepsMax);
          if ([...versions(held), version].includes(acknowledged) && version > 0) {
            expect(versions(trail)[0]).toBe(acknowledged);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('stays within its bytes, counted in UTF-8', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 8 }), (sizes) => {
        const trail = play(
          sizes.map((size, index) => bulk(index, size)),
          () => 0,
        );
        expect(utf8Bytes(JSON.stringify(trail))).toBeLessThanOrEqual(LIMITS.trailBytesMax);
      }),
      { numRuns: 50 },
    );
  });
});

test('documentAt returns undefined for a version that is not in the trail', () => {
  const trail = play(numbered(8), () => 0);
  for (const version of [0, 2, 8, 9, -1]) expect(documentAt({ n: 8 }, trail, version)).toBeUndefined();
});
