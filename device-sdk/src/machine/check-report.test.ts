import type { JsonObject } from '@muster/twin';
import { describe, expect, it } from 'vitest';
import { checkReport } from './check-report.js';

const deep = (levels: number): JsonObject => (levels === 0 ? {} : { a: deep(levels - 1) });

describe('checkReport', () => {
  it.each([
    { name: 'an invalid key', patch: { '': 1 }, code: 'bad-key' },
    { name: 'NaN, which JSON turns into null', patch: { a: Number.NaN }, code: 'bad-number' },
    { name: 'an integer beyond 2^53', patch: { a: 2 ** 60 }, code: 'bad-number' },
    { name: 'a string that is too long', patch: { a: 'x'.repeat(5_000) }, code: 'too-large' },
    { name: 'too many levels', patch: deep(11), code: 'too-deep' },
    { name: 'a patch larger than a packet', patch: { ['k'.repeat(200_000)]: null }, code: 'too-large' },
  ])('refuses $name', ({ patch, code }) => {
    expect(() => checkReport(patch)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a value that is not an object', () => {
    expect(() => checkReport([1] as unknown as JsonObject)).toThrow(expect.objectContaining({ code: 'malformed' }));
    expect(() => checkReport(undefined as unknown as JsonObject)).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });

  it('copies the patch with its nulls, so that later changes by the caller have no effect', () => {
    const patch = { a: { b: null, c: [1] } };
    const copy = checkReport(patch);
    patch.a.c.push(2);
    expect(copy).toEqual({ a: { b: null, c: [1] } });
  });
});
