import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { poolRandomBytes } from './random-pool.js';

test('every random byte is returned at most once, in the requested lengths', () => {
  const drawn: Buffer[] = [];
  const copies: Buffer[] = [];
  const pool = poolRandomBytes((count) => {
    const bytes = randomBytes(count);
    drawn.push(bytes);
    copies.push(Buffer.from(bytes));
    return bytes;
  });
  const given = Array.from({ length: 2_000 }, (_, n) => pool((n % 40) + 1));
  expect(given.map(({ length }) => length)).toEqual(given.map((_, n) => (n % 40) + 1));
  const all = Buffer.concat(copies).toString('latin1');
  let at = 0;
  for (const bytes of given) {
    const found = all.indexOf(bytes.toString('latin1'), at);
    expect(found).toBeGreaterThanOrEqual(at);
    at = found + bytes.length;
  }
  expect(drawn.length).toBeLessThan(10);
  expect(drawn[0]?.subarray(0, 8_000).every((byte) => byte === 0)).toBe(true);
});

test('a request larger than the pool bypasses it', () => {
  const asked: number[] = [];
  const pool = poolRandomBytes((count) => {
    asked.push(count);
    return randomBytes(count);
  });
  expect([pool(16).length, pool(10_000).length, pool(16).length]).toEqual([16, 10_000, 16]);
  expect(asked).toEqual([8_192, 10_000]);
});
