/**
 * MurmurHash3_x86_32 of an ASCII text, such as an id, one byte a character. Returns an unsigned integer of 32 bits.
 */
export function murmur3(text: string, seed: number): number {
  const whole = text.length & ~3;
  let hash = seed;
  for (let index = 0; index < whole; index += 4) {
    hash = Math.imul(rotate(hash ^ scramble(wordAt(text, index)), 13), 5) + 0xe6546b64;
  }
  if (whole < text.length) hash ^= scramble(restAt(text, whole));
  return avalanche(hash ^ text.length);
}

/** Reads four bytes, little-endian. */
function wordAt(text: string, from: number): number {
  return (
    text.charCodeAt(from) |
    (text.charCodeAt(from + 1) << 8) |
    (text.charCodeAt(from + 2) << 16) |
    (text.charCodeAt(from + 3) << 24)
  );
}

/** Reads up to three bytes; missing ones count as 0. */
function restAt(text: string, from: number): number {
  return text.charCodeAt(from) | (text.charCodeAt(from + 1) << 8) | (text.charCodeAt(from + 2) << 16);
}

function scramble(word: number): number {
  return Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Each input bit flips each output bit with a probability of one half. */
function avalanche(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
}
