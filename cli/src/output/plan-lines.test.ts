import type { PlanStepView } from '@muster/api';
import { expect, test } from 'vitest';
import { createStyle } from '../text/style.js';
import { planLines } from './plan-lines.js';

const step = (parts: Partial<PlanStepView>): PlanStepView => ({
  condition: '*',
  way: 'constant',
  estimate: 0,
  isExact: true,
  ...parts,
});

test('a plan is a tree, a line for each step', () => {
  const steps = [
    step({ way: 'lookup', condition: "device.tags.a = 'x'", uses: 'values of device.tags.a', estimate: 3 }),
    step({
      way: 'union',
      condition: 'p OR q',
      estimate: 2,
      isExact: false,
      steps: [step({ way: 'verify', condition: 'q', estimate: 1, isExact: false, reason: 'not indexed' })],
    }),
  ];
  const root = step({ way: 'intersection', condition: 'a AND (p OR q)', estimate: 2, isExact: false, steps });
  expect(planLines({ estimate: 2, isExact: false, root }, createStyle(false))).toEqual([
    'intersection: a AND (p OR q) (at most 2 devices; to be verified)',
    "  lookup: device.tags.a = 'x' (values of device.tags.a; at most 3 devices; exact)",
    '  union: p OR q (at most 2 devices; to be verified)',
    '    verify: q (at most 1 device; to be verified; not indexed)',
  ]);
});

test('control characters in a condition are escaped', () => {
  const root = step({ condition: "device.id = '\u001b[2J'" });
  expect(planLines({ estimate: 0, isExact: true, root }, createStyle(false)).join('')).not.toContain('\u001b');
});
