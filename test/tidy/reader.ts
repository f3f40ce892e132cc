import { expect, test } from 'vitest';
import { commentsIn, textsIn } from './passages.js';
import { parseSource } from './sources.js';

test.each([
  ["import { a } from './a.js';", false],
  ["import './a.js';", false],
  ["export { a } from './a.js';", false],
  ["export * from './a.js';", false],
  ["import { type A, a } from './a.js';", false],
  ["const a = await import('./a.js');", false],
  ["new Worker(new URL('./a.js', import.meta.url));", false],
  ["import type { A } from './a.js';", true],
  ["import type * as a from './a.js';", true],
  ["import { type A, type B } from './a.js';", true],
  ["export type { A } from './a.js';", true],
  ["export { type A } from './a.js';", true],
  ["let a: import('./a.js').A;", true],
])('the reader sees whether an import is of types only: %s', (text, isTypeOnly) => {
  const { imports } = parseSource('twin/src/b.ts', text);
  expect(imports).toEqual([{ from: './a.js', line: 1, isTypeOnly, target: 'twin/src/a.ts' }]);
});

test('the reader finds comments and sentences, and tells them apart', () => {
  const lines = [
    "const a = 'not // a comment';",
    '/** One',
    ' *  comment. */',
    `const b = /[/]* "none"/.test(\`a \${'b'} text of \${2} parts\`);`,
    '// Two lines',
    '// of one.',
    "const id = 'id';",
  ];
  const source = parseSource('twin/src/b.ts', lines.join('\n'));
  expect(commentsIn(source)).toEqual([
    { line: 2, words: 'One comment.' },
    { line: 5, words: 'Two lines of one.' },
  ]);
  expect(textsIn(source).map(({ words }) => words)).toEqual(['not // a comment', 'text of']);
});
