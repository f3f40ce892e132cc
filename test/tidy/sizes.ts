import { dirname } from 'node:path';
import ts from 'typescript';
import { test } from 'vitest';
import { lineOf, nodesOf, sources } from './sources.js';
import { expectNone } from './violations.js';

const FUNCTION_LINES_MAX = 70;
const FILE_LINES_MAX = 400;
/** Product files directly in a folder: tests, `src/testing/` and `index.ts` do not count. */
const FOLDER_FILES_MAX = 16;
const FOLDER_OF_LIKE_THINGS_FILES_MAX = 30;
/** Folders whose files are all of one kind, so that a longer list is easy to read. */
const FOLDERS_OF_LIKE_THINGS = ['api/src', 'bench/src/sim/checkers', 'cli/src/commands', 'server/src/http/routes'];

const GROUPS = ['describe', 'test', 'it'];

test('functions and files stay short', () => {
  const functions = sources.flatMap((source) =>
    source.nodes
      .filter((node) => isFunction(node) && !isGroup(node, ['describe']))
      .map((node) => ({ source, line: lineOf(source.tree, node), lines: functionLines(source.tree, node) })),
  );
  const fileLines = sources.map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }));
  const shipped = functions.filter(({ source }) => !source.isTest);
  process.stdout.write(
    `lines of a function: ${quantiles(shipped)}; of a file: ${quantiles(fileLines.filter(({ path }) => !/\.test\.ts$/.test(path)))}\n`,
  );
  expectNone([
    ...functions
      .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
      .map(
        ({ source, line, lines }) =>
          `${source.path}:${line} is a function of ${lines} lines: split it, ${FUNCTION_LINES_MAX} at most`,
      ),
    ...fileLines
      .filter(({ lines }) => lines > FILE_LINES_MAX)
      .map(({ path, lines }) => `${path} has ${lines} lines: split it by what it exports, ${FILE_LINES_MAX} at most`),
  ]);
});

test('folders stay small', () => {
  const full = [...filesByFolder()].filter(([folder, files]) => files > filesMax(folder));
  expectNone(
    full.map(
      ([folder, files]) =>
        `${folder} holds ${files} product files: divide it into rooms by what imports what, ${filesMax(folder)} at most`,
    ),
  );
});

function filesByFolder(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { path, isTest, isTesting } of sources) {
    if (isTest || isTesting || path.endsWith('/index.ts')) continue;
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  }
  return counts;
}

function filesMax(folder: string): number {
  return FOLDERS_OF_LIKE_THINGS.includes(folder) ? FOLDER_OF_LIKE_THINGS_FILES_MAX : FOLDER_FILES_MAX;
}

function isFunction(node: ts.Node): boolean {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

/** Whether it is the callback of a group. Functions inside a group count for themselves. */
function isGroup(node: ts.Node, names: readonly string[]): boolean {
  if (!ts.isFunctionLike(node) || !ts.isCallExpression(node.parent)) return false;
  return names.includes(/^\w+/.exec(node.parent.expression.getText())?.[0] ?? '');
}

function functionLines(tree: ts.SourceFile, node: ts.Node): number {
  const lines = (one: ts.Node) => tree.getLineAndCharacterOfPosition(one.end).line + 2 - lineOf(tree, one);
  const groups = nodesOf(node).filter((one) => one !== node && isGroup(one, GROUPS));
  const outermost = groups.filter(
    (one) => !groups.some((other) => other !== one && other.pos <= one.pos && one.end <= other.end),
  );
  return outermost.reduce((rest, group) => rest - lines(group), lines(node));
}

function quantiles(all: readonly { readonly lines: number }[]): string {
  const sorted = all.map(({ lines }) => lines).toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return `median ${at(0.5)}, p90 ${at(0.9)}`;
}
