import type { RandomBytes } from '@muster/registry';

const POOL_BYTES = 8 * 1024;

/**
 * Hands out random bytes of a stock that is filled with one call: an import asks for millions of them, a few at a
 * time, and each call of the operating system costs more than all else that a registration does. No byte is handed out
 * twice, and none stays in the stock.
 */
export function poolRandomBytes(randomBytes: RandomBytes): RandomBytes {
  let stock: Buffer = Buffer.alloc(0);
  let at = 0;
  return (count) => {
    if (count > POOL_BYTES) return randomBytes(count);
    if (at + count > stock.length) {
      stock = randomBytes(POOL_BYTES);
      at = 0;
    }
    const bytes = Buffer.from(stock.subarray(at, at + count));
    stock.fill(0, at, at + count);
    at += count;
    return bytes;
  };
}
