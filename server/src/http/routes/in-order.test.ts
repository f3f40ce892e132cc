import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder } from './in-order.js';

async function* of<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

describe('inOrder', () => {
  it('keeps the order and the limit, however long each item takes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), async (delays, max) => {
        let [inFlight, most] = [0, 0];
        const work = async (delay: number) => {
          inFlight += 1;
          most = Math.max(most, inFlight);
          await pause(delay);
          inFlight -= 1;
          return delay;
        };
        const results: number[] = [];
        for await (const result of inOrder(of(delays), work, max)) results.push(result);
        expect(results).toEqual(delays);
        expect(most).toBeLessThanOrEqual(max);
      }),
      { numRuns: 50 },
    );
  });

  it('yields finished results while the source is silent', async () => {
    async function* endless() {
      yield 1;
      await new Promise(() => {});
    }
    const results = inOrder(endless(), async (item) => item * 2, 4);
    expect(await results.next()).toEqual({ done: false, value: 2 });
  });

  it.each([
    ['the source', () => inOrder(failing(), async (item) => item, 4)],
    ['a piece of work', () => inOrder(of([1]), () => Promise.reject(new Error('broken')), 4)],
  ])('fails with %s', async (_what, start) => {
    const all = async () => {
      for await (const _result of start());
    };
    await expect(all()).rejects.toThrow('broken');
  });
});

async function* failing(): AsyncGenerator<number> {
  yield 1;
  throw new Error('broken');
}
