import { type JsonObject, mergePatch } from '@muster/twin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enqueue, type QueuedReport, REPORTS_WAITING_MAX } from './report-queue.js';

const report = (patch: JsonObject, ticket = 1, isSent = false): QueuedReport => ({
  id: `r${ticket}`,
  patch,
  tickets: [ticket],
  isSent,
});

describe('enqueue', () => {
  it('resolves every call that waits for a composed report', () => {
    const queue = enqueue([report({ a: 1 }, 1)], report({ b: 1 }, 2));
    expect(queue).toEqual([{ id: 'r1', patch: { a: 1, b: 1 }, tickets: [1, 2], isSent: false }]);
  });

  it('starts another report if the composed one would exceed a packet', () => {
    const large = (name: string): JsonObject => ({ [name]: 'x'.repeat(100 * 1024) });
    expect(enqueue([report(large('a'))], report(large('b')))).toHaveLength(2);
  });

  it('is full at its limit, except for reports that can be composed', () => {
    const queue = Array.from({ length: REPORTS_WAITING_MAX }, (_, index) => report({ a: 1 }, index));
    expect(enqueue(queue, report({ a: { b: 1 } }))).toBeUndefined();
    expect(enqueue(queue, report({ b: 1 }))).toHaveLength(REPORTS_WAITING_MAX);
  });

  it('leads to the same document as sending each report separately', () => {
    const value = fc.oneof(
      fc.constantFrom<JsonObject[string]>(null, 1, [1]),
      fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom(null, 1)),
    );
    const patches = fc.array(fc.tuple(fc.dictionary(fc.constantFrom('a', 'b'), value), fc.boolean()), { maxLength: 8 });
    fc.assert(
      fc.property(patches, (items) => {
        let queue: readonly QueuedReport[] = [];
        for (const [patch, isSent] of items) {
          queue = enqueue(queue, report(patch)) ?? [];
          if (isSent) queue = queue.map((queued) => ({ ...queued, isSent: true }));
        }
        const before = { a: { x: 0, z: 0 }, b: 0 };
        const apply = (document: JsonObject, { patch }: { patch: JsonObject }): JsonObject =>
          mergePatch(document, patch);
        const expected = items.map(([patch]) => ({ patch })).reduce(apply, before);
        expect(queue.reduce(apply, before as JsonObject)).toEqual(expected);
      }),
    );
  });
});
