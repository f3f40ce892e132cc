import type { RandomBytes } from '@muster/registry';

const POOL_BYTES = 8 * 1024;

/**
 * Returns random bytes from a pool that one system call fills. An import needs millions of bytes, a few at a time, and a
 * system call costs more than the rest of a registration. No byte is returned twice, and returned bytes are erased.
 */
export function poolRandomBytes(randomBytes: RandomBytes): RandomBytes {
  let pool: Buffer = Buffer.alloc(0);
  let offset = 0;
  return (count) => {
    if (count > POOL_BYTES) return randomBytes(count);
    if (offset + count > pool.length) {
      pool = randomBytes(POOL_BYTES);
      offset = 0;
    }
    const bytes = Buffer.from(pool.subarray(offset, offset + count));
    pool.fill(0, offset, offset + count);
    offset += count;
    return bytes;
  };
}
