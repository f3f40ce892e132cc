import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exceedsUtf8, truncateUtf8, utf8Bytes } from './utf8.js';

/** Counts by code point; a lone surrogate is encoded as U+FFFD. */
function bytesByCodePoint(text: string): number {
  const sizeOf = (code: number) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
  return [...text].reduce((bytes, character) => bytes + sizeOf(character.codePointAt(0) ?? 0), 0);
}

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', 'é', '漢', '🚀', '\ud83d', '\ude80', '\u07ff', '\u0800', '\uffff'))
    .map((all) => all.join('')),
);

test.each([
  ['', 0],
  ['a', 1],
  ['\u007f', 1],
  ['é', 2],
  ['漢', 3],
  ['🚀', 4],
  ['\ud83d', 3],
  ['\ude80', 3],
  ['\ude80\ud83d', 6],
  ['\ud83d\ud83d\ude80', 7],
])('%j has %i bytes', (text, bytes) => {
  expect(utf8Bytes(text)).toBe(bytes);
});

test('agrees with counting by code point, and with the encoder', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(utf8Bytes(text)).toBe(bytesByCodePoint(text));
      expect(utf8Bytes(text)).toBe(new TextEncoder().encode(text).length);
    }),
    { numRuns: 500 },
  );
});

test('a text exceeds a bound exactly when it has more bytes', () => {
  fc.assert(
    fc.property(texts, fc.nat(30), (text, bytesMax) => {
      expect(exceedsUtf8(text, bytesMax)).toBe(utf8Bytes(text) > bytesMax);
    }),
    { numRuns: 500 },
  );
});

test('a truncated text is the longest beginning in whole characters that fits', () => {
  fc.assert(
    fc.property(texts, fc.nat(30), (text, bytesMax) => {
      const characters = [...text];
      let longest = '';
      for (const [index] of characters.entries()) {
        const beginning = characters.slice(0, index + 1).join('');
        if (utf8Bytes(beginning) <= bytesMax) longest = beginning;
      }
      expect(truncateUtf8(text, bytesMax)).toBe(longest);
    }),
    { numRuns: 500 },
  );
});
