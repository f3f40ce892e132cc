import ts from 'typescript';
import { test } from 'vitest';
import type { Source } from './sources.js';
import { eachImport, eachNode, expectNone } from './violations.js';

const PURE = ['twin', 'api', 'conditions'];
const IMPURE_NAMES = [
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'process',
  'console',
  'performance',
  'globalThis',
];
/** Sources that may read the clock and use randomness themselves. */
const OWN_TIME = /^(server|bench|cli|device-sdk|client)\/|^broker\/src\/edge\/|\/src\/testing\//;

test('twin, api and conditions are pure: values in, values out', () => {
  expectNone([
    ...eachImport((source, { from }) =>
      isPure(source) && from.startsWith('node:') ? 'take the value as an argument' : undefined,
    ),
    ...eachNode((source, node) => {
      if (!isPure(source)) return undefined;
      if (ts.isAwaitExpression(node)) return 'awaits: return a value, and let the caller do slow work';
      if (isProperty(node, 'Math', 'random')) return 'uses Math.random: take the random number as an argument';
      if (!ts.isIdentifier(node) || !IMPURE_NAMES.includes(node.text) || isOnlyAName(node)) return undefined;
      return `uses ${node.text}: take the time, the setting or the logger as an argument`;
    }),
  ]);
});

test('time and randomness come in as arguments', () => {
  expectNone(
    eachNode(({ path, isTest }, node) => {
      if (isTest || OWN_TIME.test(path)) return undefined;
      const isBareDate = ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length;
      if (isBareDate || isProperty(node, 'Date', 'now')) return 'reads the time: take a Clock and call its now()';
      return isProperty(node, 'Math', 'random') ? 'uses Math.random: take a random source as an argument' : undefined;
    }),
  );
});

function isPure({ home, isTest, isTesting }: Source): boolean {
  return PURE.includes(home) && !isTest && !isTesting;
}

function isProperty(node: ts.Node, object: string, name: string): boolean {
  return ts.isPropertyAccessExpression(node) && node.expression.getText() === object && node.name.text === name;
}

/** Whether it names a member or a declaration here instead of referring to the global. */
function isOnlyAName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return 'name' in parent && parent.name === node;
}
