import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUtf8 } from './decode.js';

test.each<[string, number[]]>([
  ['a byte that begins no sequence', [0xff]],
  ['a continuation byte alone', [0x80]],
  ['a sequence that is broken off', [0xe2, 0x82]],
  ['a sequence that is interrupted', [0xc3, 0x28]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['an encoded surrogate', [0xed, 0xa0, 0x80]],
  ['a code point beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
])('%s is malformed, and the next payload is decoded correctly', (_, bytes) => {
  expect(() => decodeUtf8(new Uint8Array(bytes))).toThrow(
    expect.objectContaining({ name: 'TwinError', code: 'malformed', cause: expect.anything() }),
  );
  expect(decodeUtf8(new TextEncoder().encode('é🚀'))).toBe('é🚀');
});

test('a byte order mark stays in place', () => {
  expect(decodeUtf8(new Uint8Array([0xef, 0xbb, 0xbf, 0x7b]))).toBe('\ufeff{');
});

test('decodes every well-formed text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
    }),
  );
});
