import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCursor, PageCollector, parsePage } from './paging.js';

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:~@-]{0,127}$/);

describe('paging', () => {
  it('accepts every cursor it made, for its own list only', () => {
    fc.assert(
      fc.property(id, (last) => {
        const cursor = makeCursor('devices', last);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(parsePage('devices', { cursor }).after).toBe(last);
        expect(() => parsePage('configurations', { cursor })).toThrow(/cursor/);
      }),
    );
  });

  it('refuses a cursor that was changed', () => {
    fc.assert(
      fc.property(id, fc.nat(), fc.constantFrom('A', 'z', '=', '+', ''), (last, place, letter) => {
        const cursor = makeCursor('devices', last);
        const at = place % cursor.length;
        const changed = cursor.slice(0, at) + letter + cursor.slice(at + 1);
        fc.pre(changed !== cursor);
        expect(() => parsePage('devices', { cursor: changed })).toThrow(/cursor/);
      }),
    );
  });

  it.each<[numbers: number[], limit: number, items: number[], hasMore: boolean]>([
    [[], 2, [], false],
    [[2], 1, [2], false],
    [[2, 4], 2, [2, 4], false],
    [[2, 4, 5], 2, [2, 4], true],
    [[1, 2, 3, 4], 2, [2, 4], false],
    [[1, 2, 3], 1, [2], true],
    [[1, 3], 1, [], false],
  ])('takes the even ones of %o, %d a page', (numbers, limit, items, hasMore) => {
    const view = (row: { id: string }) => (Number(row.id) % 2 === 0 ? Number(row.id) : undefined);
    const collector = new PageCollector('numbers', limit, view);
    expect(numbers.every((number) => collector.add({ id: String(number) }))).toBe(!hasMore);
    expect(collector.page.items).toEqual(items);
    expect(collector.page.cursor !== undefined).toBe(hasMore);
  });
});
