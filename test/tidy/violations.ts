/** How a check reports: one line for each violation, which says where it is and what to do instead. */
import type ts from 'typescript';
import { expect } from 'vitest';
import { type Import, lineOf, type Source, sources } from './sources.js';

export function expectNone(violations: readonly string[]): void {
  expect(violations, `\n${violations.join('\n')}\n`).toEqual([]);
}

/** `judge` returns what to do instead, or undefined if the import is fine. */
export function eachImport(judge: (source: Source, one: Import) => string | undefined): string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((one) => {
      const advice = judge(source, one);
      return advice === undefined ? [] : [`${source.path}:${one.line} imports ${one.from}: ${advice}`];
    }),
  );
}

/** `judge` returns what to do instead, or undefined if the node is fine. */
export function eachNode(judge: (source: Source, node: ts.Node) => string | undefined): string[] {
  return sources.flatMap((source) =>
    source.nodes.flatMap((node) => {
      const advice = judge(source, node);
      return advice === undefined ? [] : [`${source.path}:${lineOf(source.tree, node)} ${advice}`];
    }),
  );
}
