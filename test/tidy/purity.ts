import ts from 'typescript';
import { test } from 'vitest';
import type { Source } from './sources.js';
import { eachImport, eachNode, expectNone } from './violations.js';

const PURE = ['twin', 'api', 'conditions'];
const IMPURE_NAMES = ['setTimeout', 'setInterval', 'setImmediate', 'process', 'console', 'performance', 'globalThis'];
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
      if (readsClock(node)) return 'reads the time: take the time as an argument';
      if (!ts.isIdentifier(node) || !IMPURE_NAMES.includes(node.text) || isOnlyAName(node)) return undefined;
      return `uses ${node.text}: take the time, the setting or the logger as an argument`;
    }),
  ]);
});

test('time and randomness come in as arguments', () => {
  expectNone(
    eachNode(({ path, isTest }, node) => {
      if (isTest || OWN_TIME.test(path)) return undefined;
      if (readsClock(node)) return 'reads the time: take a Clock and call its now()';
      return isProperty(node, 'Math', 'random') ? 'uses Math.random: take a random source as an argument' : undefined;
    }),
  );
});

function isPure({ home, isTest, isTesting }: Source): boolean {
  return PURE.includes(home) && !isTest && !isTesting;
}

/** Whether it names `Date` for anything but a computation: `new Date(time)`, `Date.UTC(…)`, `Date.parse(…)` or a type. */
function readsClock(node: ts.Node): boolean {
  if (!ts.isIdentifier(node) || node.text !== 'Date' || isOnlyAName(node)) return false;
  const { parent } = node;
  if (ts.isNewExpression(parent) && parent.expression === node) return !parent.arguments?.length;
  if (ts.isPropertyAccessExpression(parent)) return !['UTC', 'parse'].includes(parent.name.text);
  return !ts.isTypeReferenceNode(parent);
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
