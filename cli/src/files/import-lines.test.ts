import type { ImportResult } from '@muster/api';
import type { ImportLine } from '@muster/client';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importLines } from './import-lines.js';

/** A server that answers `delay` lines late. */
function lateServer(delay: number) {
  return async function* (lines: AsyncIterable<ImportLine>): AsyncGenerator<ImportResult> {
    const open: string[] = [];
    for await (const { id } of lines) {
      open.push(id);
      if (open.length > delay) yield { id: open.shift() ?? '', status: 201 };
    }
    for (const id of open) yield { id, status: 201 };
  };
}

async function results(text: string, delay: number): Promise<(string | number)[]> {
  const seen: (string | number)[] = [];
  const bytes = (async function* () {
    yield Buffer.from(text);
  })();
  for await (const { line, result } of importLines(bytes, lateServer(delay))) seen.push(result.id ?? line);
  return seen;
}

test('results are in the order of the lines, however late the server and whichever lines are refused here', async () => {
  const kinds = fc.array(fc.constantFrom('good', 'bad', 'blank'), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(kinds, fc.nat(10), async (lines, delay) => {
      const text = lines
        .map((kind, index) => ({ good: `{"id":"d${index + 1}"}`, bad: '{', blank: ' ' })[kind])
        .join('\n');
      const expected = lines.flatMap(
        (kind, index): (string | number)[] => ({ good: [`d${index + 1}`], bad: [index + 1], blank: [] })[kind],
      );
      expect(await results(text, delay)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

test('numbers out of range are refused before sending', async () => {
  expect(await results('{"id":"a","tags":{"n":9007199254740993}}', 0)).toEqual([1]);
});

test('a line without an answer is a failure', async () => {
  const bytes = (async function* () {
    yield Buffer.from('{"id":"a"}\n');
  })();
  const silent = async function* (lines: AsyncIterable<ImportLine>): AsyncGenerator<ImportResult> {
    for await (const { id } of lines) if (id === 'b') yield { id, status: 201 };
  };
  await expect(importLines(bytes, silent).next()).rejects.toThrow('did not answer 1 lines');
});
