import { expect, test } from 'vitest';
import { TypedLines } from './typed-lines.js';

const { signal } = new AbortController();

async function* typed(...texts: string[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const text of texts) yield Buffer.from(text);
}

test.each<[what: string, texts: string[], lines: (string | undefined)[]]>([
  ['one line after the other', ['a\n', 'b\n'], ['a', 'b', undefined]],
  ['several lines at once', ['a\nb\nc'], ['a', 'b', 'c', undefined]],
  ['a line in parts', ['a', 'b', '\n'], ['ab', undefined]],
  ['an empty line', ['\n'], ['', undefined]],
  ['nothing', [], [undefined, undefined]],
])('%s', async (_, texts, lines) => {
  const read = new TypedLines(typed(...texts));
  for (const line of lines) expect(await read.line(signal)).toBe(line);
});

test('a character may come in parts', async () => {
  const bytes = Buffer.from('é\n');
  async function* parts(): AsyncGenerator<Uint8Array, void, undefined> {
    for (const byte of bytes) yield Uint8Array.of(byte);
  }
  expect(await new TypedLines(parts()).line(signal)).toBe('é');
});

test('who waits for a line is told when it is too late', async () => {
  const controller = new AbortController();
  async function* never(): AsyncGenerator<Uint8Array, void, undefined> {
    yield await new Promise<Uint8Array>(() => {});
  }
  const line = new TypedLines(never()).line(controller.signal);
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(line).rejects.toBe(reason);
  await expect(new TypedLines(never()).line(controller.signal)).rejects.toBe(reason);
});
