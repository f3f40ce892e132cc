import { expect, test } from 'vitest';
import { createStyle } from '../text/style.js';
import { LiveBlock } from './live-block.js';
import type { Sink } from './terminal.js';

test('a block replaces the one before, wrapped lines included', async () => {
  const written: string[] = [];
  const sink: Sink = { isTerminal: true, columns: 10, write: async (text) => void written.push(text) };
  const block = new LiveBlock(sink);
  await block.show(['one', '', createStyle(true).bold('ten wide !'), 'eleven wide']);
  await block.show(['last']);
  await block.show([]);
  expect(written[0]).toMatch(/^one\n\n.*ten wide !.*\neleven wide\n$/);
  expect(written.slice(1)).toEqual(['\u001b[5A\u001b[Jlast\n', '\u001b[1A\u001b[J\n']);
});
