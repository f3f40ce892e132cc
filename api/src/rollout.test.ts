import type { JsonObject } from '@muster/twin';
import { Value } from '@sinclair/typebox/value';
import { describe, expect, it } from 'vitest';
import { parseRollout } from './parse-rollout.js';
import { RolloutSchema } from './rollout.js';
import { RolloutActionSchema } from './rollout-action.js';
import { ROLLOUT_VIEW_EXAMPLE, RolloutViewSchema } from './rollout-view.js';

describe('a rollout as it is written', () => {
  const [example] = RolloutSchema.examples as [JsonObject];

  it('is described with the members that may be stored, and no others', () => {
    const known = Object.keys(RolloutSchema.properties).join(', ');
    expect(() => parseRollout({ nonsense: 1 }, '')).toThrow(`known are ${known}`);
  });

  it('has an example with every member, which fits the description and may be stored', () => {
    expect(Object.keys(example).sort()).toEqual(Object.keys(RolloutSchema.properties).sort());
    expect([...Value.Errors(RolloutSchema, example)]).toEqual([]);
    expect(parseRollout(example, '/rollout').phases).toHaveLength(3);
  });

  it.each<[string, JsonObject]>([
    ['no phase', { phases: [] }],
    ['a percent above 100', { phases: [{ percent: 101 }] }],
    ['a wait without a unit', { phases: [{ percent: 100, wait: '24' }] }],
    ['an unknown reaction', { onAbort: 'stop' }],
    ['a minimum of 0', { abort: { failedPercent: 2, minimum: 0 } }],
    ['half a retry', { retries: 0.5 }],
    ['a rate of 0', { ratePerMinute: 0 }],
    ['a day in full', { window: { days: ['saturday'], from: '01:00', to: '05:00', timezone: 'UTC' } }],
    ['a window without a zone', { window: { from: '01:00', to: '05:00' } }],
  ])('neither fits nor may be stored: %s', (_, rollout) => {
    expect(Value.Check(RolloutSchema, rollout)).toBe(false);
    expect(() => parseRollout(rollout, '/rollout')).toThrow();
  });
});

it('the examples of actions and of what is answered fit their descriptions', () => {
  for (const action of RolloutActionSchema.examples) expect([...Value.Errors(RolloutActionSchema, action)]).toEqual([]);
  expect([...Value.Errors(RolloutViewSchema, ROLLOUT_VIEW_EXAMPLE)]).toEqual([]);
});
