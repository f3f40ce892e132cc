import { parseCondition } from '@muster/conditions';
import type { ConfigurationGeneration } from '@muster/registry';
import { expect, test } from 'vitest';
import { indexingView, isScanned, scannedCondition } from './indexing.js';

const parse = (text: string) => parseCondition(text, 'target');

test.each<[condition: string, isIndexable: boolean, isScanned: boolean]>([
  ["device.tags.region = 'eu'", true, false],
  ["IS_DEFINED(device.name) AND device.tags.region = 'eu'", true, false],
  ['false', true, false],
  ['IS_DEFINED(device.name)', false, true],
  ["IS_STRING(device.id) OR device.tags.region = 'eu'", false, true],
  ['*', false, false],
  ['true', false, false],
  ["device.tags.region = 'eu' OR true", false, false],
])('%s: indexable %s, scanned %s', (text, isIndexable, expected) => {
  const condition = parse(text);
  expect([indexingView(condition).indexable, isScanned(condition)]).toEqual([isIndexable, expected]);
});

test('the reason why a condition cannot be indexed is given', () => {
  expect(indexingView(parse("device.tags.region = 'eu'"))).toEqual({ indexable: true });
  expect(indexingView(parse('IS_DEFINED(device.name)'))).toEqual({
    indexable: false,
    notIndexableBecause: expect.stringContaining('every device has'),
  });
});

test('the condition of a configuration counts, and the one of its stable generation', () => {
  const [indexed, scanned] = ["device.tags.region = 'eu'", 'IS_DEFINED(device.name)'];
  const textOf = (targetCondition: string, stable?: string) =>
    scannedCondition({
      targetCondition,
      ...(stable === undefined ? {} : { stable: { targetCondition: stable } as ConfigurationGeneration }),
    })?.text;
  expect([textOf(indexed), textOf(indexed, indexed), textOf('*', '*')]).toEqual([undefined, undefined, undefined]);
  expect([textOf(scanned), textOf(scanned, indexed), textOf(indexed, scanned)]).toEqual([scanned, scanned, scanned]);
});
