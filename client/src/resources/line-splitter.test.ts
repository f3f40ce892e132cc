import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.js';

describe('LineSplitter', () => {
  it.each([
    { pieces: ['a\nb\n'], lines: ['a', 'b'] },
    { pieces: ['a\n', 'b'], lines: ['a', 'b'] },
    { pieces: ['a', 'b\n\n \nc'], lines: ['ab', 'c'] },
    { pieces: [], lines: [] },
  ])('cuts $pieces into $lines', ({ pieces, lines }) => {
    expect(split(pieces)).toEqual(lines);
  });

  it('returns every value, however the text is split', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), fc.array(fc.nat(30)), (values, cuts) => {
        const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
        const lines = split(pieces(text, cuts));
        expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });
});

function split(texts: readonly string[]): string[] {
  const splitter = new LineSplitter();
  return [...texts.flatMap((text) => splitter.push(text)), ...splitter.end()];
}

function pieces(text: string, cuts: readonly number[]): string[] {
  const places = [...cuts.map((cut) => Math.min(cut, text.length)), text.length].sort((left, right) => left - right);
  return places.map((place, index) => text.slice(places[index - 1] ?? 0, place));
}
