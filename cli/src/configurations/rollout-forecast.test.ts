import type { ConfigurationInput } from '@muster/api';
import { expect, test } from 'vitest';
import { rolloutForecast } from './rollout-forecast.js';

const PLAIN: ConfigurationInput = { targetCondition: '*', desiredProperties: { speed: 20 } };
const PHASES = { phases: [{ percent: 0.1, wait: '1h' }, { percent: 15, wait: '1h' }, { percent: 100 }] };
const FASTER = { ...PLAIN, desiredProperties: { speed: 30 } };

test.each<[what: string, before: ConfigurationInput | undefined, input: ConfigurationInput, expected: string[]]>([
  ['no rollout', undefined, PLAIN, []],
  [
    'a new one',
    undefined,
    { ...PLAIN, rollout: PHASES },
    ['in 3 phases: the first has 0.1 %, 2 devices of 1001 at once'],
  ],
  [
    'other content',
    PLAIN,
    { ...FASTER, rollout: PHASES },
    ['in 3 phases: the first has 0.1 %, 2 devices of 1001 at once'],
  ],
  [
    'one phase',
    undefined,
    { ...PLAIN, rollout: {} },
    ['in one phase: the first has 100 %, 1001 devices of 1001 at once'],
  ],
  ['content that every device has', PLAIN, { ...PLAIN, rollout: PHASES, priority: 0 }, ['nothing to roll out']],
  ['the rollout alone', { ...PLAIN, rollout: {} }, { ...PLAIN, rollout: PHASES }, ['continues at its phase']],
  ['a disabled one', undefined, { ...PLAIN, rollout: PHASES, enabled: false }, []],
])('%s', (_, before, input, expected) => {
  expect(rolloutForecast(before, input, { matched: 1001, atOnce: 0 })).toEqual(
    expected.map((text) => expect.stringContaining(text)),
  );
});

test('devices that return to the stable generation are counted', () => {
  const before = { ...PLAIN, rollout: PHASES };
  expect(rolloutForecast(before, { ...FASTER, rollout: PHASES }, { matched: 40, atOnce: 12 })).toEqual([
    '  rolled out in 3 phases: the first has 0.1 %, 1 device of 40 at once',
    '  12 devices would return to the stable generation at once, until they are admitted',
  ]);
});
