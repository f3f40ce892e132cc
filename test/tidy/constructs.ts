import ts from 'typescript';
import { test } from 'vitest';
import { sources } from './sources.js';
import { eachNode, expectNone } from './violations.js';

const UNFINISHED = /\b(TO-?DO|FIX-?ME)\b/;

test('no any, no enum, no default export, no unfinished work', () => {
  expectNone([
    ...eachNode((_, node) => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) return 'says any: say unknown and check, or name the type';
      if (ts.isEnumDeclaration(node)) return 'declares an enum: write a union of strings';
      const isDefault = node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent);
      const isRenamed = ts.isExportSpecifier(node) && node.name.text === 'default';
      if (isDefault || isRenamed || ts.isExportAssignment(node)) return 'exports a default: export a name';
      return undefined;
    }),
    ...sources.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) => (UNFINISHED.test(line) ? [`${path}:${index + 1} is unfinished: finish it`] : [])),
    ),
  ]);
});
