import type { JsonObject } from '@muster/twin';
import { describe, expect, it } from 'vitest';
import { checkReport } from './check-report.js';

const deep = (levels: number): JsonObject => (levels === 0 ? {} : { a: deep(levels - 1) });

describe('checkReport', () => {
  it.each([
    { name: 'a key that is no key', patch: { '': 1 }, code: 'bad-key' },
    { name: 'NaN, which would travel as null', patch: { a: Number.NaN }, code: 'bad-number' },
    { name: 'an integer that would not survive', patch: { a: 2 ** 60 }, code: 'bad-number' },
    { name: 'too long a string', patch: { a: 'x'.repeat(5_000) }, code: 'too-large' },
    { name: 'too many levels', patch: deep(11), code: 'too-deep' },
    { name: 'more than a packet holds', patch: { ['k'.repeat(200_000)]: null }, code: 'too-large' },
  ])('refuses $name', ({ patch, code }) => {
    expect(() => checkReport(patch)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses what is no object', () => {
    expect(() => checkReport([1] as unknown as JsonObject)).toThrow(expect.objectContaining({ code: 'malformed' }));
    expect(() => checkReport(undefined as unknown as JsonObject)).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });

  it('copies, keeping nulls, so that later changes of the caller change nothing', () => {
    const patch = { a: { b: null, c: [1] } };
    const copy = checkReport(patch);
    patch.a.c.push(2);
    expect(copy).toEqual({ a: { b: null, c: [1] } });
  });
});
