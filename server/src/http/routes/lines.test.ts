import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, readLines } from './lines.js';

const shown = (line: Line) => (line.kind === 'line' ? line.bytes.toString() : line.kind);

async function read(texts: readonly string[], bytesMax: number): Promise<string[]> {
  async function* chunks() {
    for (const text of texts) yield Buffer.from(text);
  }
  const lines: string[] = [];
  for await (const line of readLines(chunks(), bytesMax)) lines.push(shown(line));
  return lines;
}

describe('readLines', () => {
  it.each<[texts: string[], lines: string[]]>([
    [[], []],
    [[''], []],
    [['a'], ['a']],
    [['a\n'], ['a']],
    [['a\n\nb'], ['a', '', 'b']],
    [['12345\n123456\n1'], ['12345', 'too-long', '1']],
    [
      ['123', '456', '\n1'],
      ['too-long', '1'],
    ],
    [['123456'], ['too-long']],
  ])('cuts %o into %o', async (texts, lines) => {
    expect(await read(texts, 5)).toEqual(lines);
  });

  it('does not depend on how the bytes arrive', async () => {
    const piece = fc.stringMatching(/^[a\n]{0,6}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (texts) => {
        expect(await read(texts, 5)).toEqual(await read([texts.join('')], 5));
      }),
    );
  });
});
