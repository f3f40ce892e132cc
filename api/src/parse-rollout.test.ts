import { type Json, type JsonObject, LIMITS, type RolloutPolicy } from '@muster/twin';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseRollout } from './parse-rollout.js';

const DEFAULTS: RolloutPolicy = {
  phases: [{ percent: 100, waitMs: 0 }],
  abort: undefined,
  onAbort: 'hold',
  retries: 0,
  timeoutMs: undefined,
  onFailure: 'fallback',
  ratePerMinute: undefined,
  startAt: undefined,
  window: undefined,
};

describe('what an operator may write', () => {
  it.each<[string, JsonObject, Partial<RolloutPolicy>]>([
    ['nothing', {}, {}],
    [
      'the example of the protocol',
      {
        phases: [{ percent: 5, wait: '24h' }, { percent: 15, wait: '24h' }, { percent: 100 }],
        abort: { failedPercent: 2, minimum: 10 },
        retries: 3,
        timeout: '30m',
        ratePerMinute: 1000,
      },
      {
        phases: [
          { percent: 5, waitMs: 86_400_000 },
          { percent: 15, waitMs: 86_400_000 },
          { percent: 100, waitMs: 0 },
        ],
        abort: { failedPercent: 2, minimum: 10 },
        retries: 3,
        timeoutMs: 1_800_000,
        ratePerMinute: 1000,
      },
    ],
    [
      'shares of a percent',
      { phases: [{ percent: 0.001 }, { percent: 0.5 }, { percent: 99.999 }, { percent: 100 }] },
      { phases: [0.001, 0.5, 99.999, 100].map((percent) => ({ percent, waitMs: 0 })) },
    ],
    [
      'a threshold that the first failure exceeds',
      { abort: { failedPercent: 0 } },
      { abort: { failedPercent: 0, minimum: 1 } },
    ],
    ['a reaction to an abort by hand', { onAbort: 'rollback' }, { onAbort: 'rollback' }],
    [
      'a reaction beside the threshold',
      { abort: { failedPercent: 2 }, onAbort: 'rollback' },
      { abort: { failedPercent: 2, minimum: 1 }, onAbort: 'rollback' },
    ],
    [
      'a reaction with the threshold',
      { abort: { failedPercent: 2, onAbort: 'rollback' } },
      { abort: { failedPercent: 2, minimum: 1 }, onAbort: 'rollback' },
    ],
    ['what fails to keep', { onFailure: 'keep' }, { onFailure: 'keep' }],
    ['a start', { startAt: '2027-01-31T23:00:00+01:00' }, { startAt: Date.UTC(2027, 0, 31, 22) }],
    [
      'a window',
      { window: { days: ['sun', 'sat'], from: '01:00', to: '05:00', timezone: 'Europe/Prague' } },
      {
        window: {
          days: ['sat', 'sun'],
          fromMinutes: 60,
          toMinutes: 300,
          timezone: { kind: 'zone', zone: 'Europe/Prague' },
        },
      },
    ],
  ])('%s', (_, input, expected) => {
    expect(parseRollout(input, '/rollout')).toEqual({ ...DEFAULTS, ...expected });
  });
});

const LAST = { percent: 100 };

describe('what is refused', () => {
  it.each<[string, Json, string, string, string]>([
    ['a text', 'slowly', 'malformed', '', 'write an object'],
    ['null', null, 'malformed', '', 'write an object'],
    ['an unknown member', { phase: [] }, 'bad-request', '/phase', 'did you mean phases? known are phases, abort'],
    ['a name to escape', { 'a/b~c': 1 }, 'bad-request', '/a~1b~0c', 'is not known here: known are phases'],
    ['a name of the prototype', JSON.parse('{"__proto__":{}}'), 'bad-request', '/__proto__', 'is not known here'],
    ['an inherited name', { constructor: 1 }, 'bad-request', '/constructor', 'is not known here'],
    ['phases that are no list', { phases: { percent: 100 } }, 'malformed', '/phases', 'write a list of phases'],
    ['no phase', { phases: [] }, 'bad-request', '/phases', 'is empty'],
    [
      'too many phases',
      { phases: Array.from({ length: LIMITS.rolloutPhasesMax + 1 }, () => LAST) },
      'bad-request',
      '/phases',
      `write at most ${LIMITS.rolloutPhasesMax}`,
    ],
    ['a phase that is a number', { phases: [100] }, 'malformed', '/phases/0', 'write an object'],
    ['a phase without a percent', { phases: [{ wait: '1h' }] }, 'malformed', '/phases/0/percent', 'is missing'],
    ['a percent in quotes', { phases: [{ percent: '5' }] }, 'malformed', '/phases/0/percent', 'has the wrong type'],
    ['a misspelt wait', { phases: [{ percent: 100, wiat: '1h' }] }, 'bad-request', '/phases/0/wiat', 'mean wait?'],
    ['a percent of 0', { phases: [{ percent: 0 }, LAST] }, 'bad-request', '/phases/0/percent', 'write more than 0'],
    ['a percent below 0', { phases: [{ percent: -1 }] }, 'bad-request', '/phases/0/percent', 'is out of range'],
    ['a percent above 100', { phases: [{ percent: 101 }] }, 'bad-request', '/phases/0/percent', 'is out of range'],
    [
      'four decimals',
      { phases: [{ percent: 0.0001 }, LAST] },
      'bad-request',
      '/phases/0/percent',
      'at most 3 decimals',
    ],
    ['an endless decimal', { phases: [{ percent: 100 / 3 }, LAST] }, 'bad-request', '/phases/0/percent', 'is too fine'],
    [
      'a percent twice',
      { phases: [{ percent: 5 }, { percent: 5 }, LAST] },
      'bad-request',
      '/phases/1/percent',
      'write more than 5',
    ],
    [
      'percents that fall',
      { phases: [{ percent: 20 }, { percent: 10 }, LAST] },
      'bad-request',
      '/phases/1/percent',
      'write more than 20',
    ],
    ['a last phase below 100', { phases: [{ percent: 99.999 }] }, 'bad-request', '/phases/0/percent', 'write 100'],
    ['a phase after 100', { phases: [LAST, LAST] }, 'bad-request', '/phases/1/percent', 'write more than 100'],
    ['a wait in hours', { phases: [{ percent: 100, wait: 24 }] }, 'malformed', '/phases/0/wait', 'such as "90m"'],
    ['a wait without a unit', { phases: [{ percent: 100, wait: '24' }] }, 'bad-request', '/phases/0/wait', '"90m"'],
    ['a wait of years', { phases: [{ percent: 100, wait: '366d' }] }, 'bad-request', '/phases/0/wait', '"365d"'],
    ['a wait of null', { phases: [{ percent: 100, wait: null }] }, 'malformed', '/phases/0/wait', 'wrong type'],
    ['a threshold without a percent', { abort: { minimum: 1 } }, 'malformed', '/abort/failedPercent', 'is missing'],
    [
      'a threshold above 100',
      { abort: { failedPercent: 101 } },
      'bad-request',
      '/abort/failedPercent',
      'from 0 to 100',
    ],
    ['a minimum of 0', { abort: { failedPercent: 1, minimum: 0 } }, 'bad-request', '/abort/minimum', 'from 1 to'],
    ['half a device', { abort: { failedPercent: 1, minimum: 1.5 } }, 'bad-request', '/abort/minimum', 'an integer'],
    [
      'an unknown reaction',
      { onAbort: 'holds' },
      'bad-request',
      '/onAbort',
      'did you mean hold? write "hold" or "rollback"',
    ],
    [
      'a reaction twice',
      { abort: { failedPercent: 1, onAbort: 'hold' }, onAbort: 'hold' },
      'bad-request',
      '/abort/onAbort',
      'omit it here, or /rollout/onAbort',
    ],
    ['retries below 0', { retries: -1 }, 'bad-request', '/retries', 'from 0 to'],
    ['too many retries', { retries: LIMITS.rolloutRetriesMax + 1 }, 'bad-request', '/retries', 'from 0 to'],
    ['retries in quotes', { retries: '3' }, 'malformed', '/retries', 'write an integer'],
    ['a timeout of 0', { timeout: '0s' }, 'bad-request', '/timeout', 'omit it for no limit'],
    ['an unknown fallback', { onFailure: 'retry' }, 'bad-request', '/onFailure', 'write "fallback" or "keep"'],
    ['a rate of 0', { ratePerMinute: 0 }, 'bad-request', '/ratePerMinute', 'from 1 to'],
    ['a rate beyond all fleets', { ratePerMinute: 1e9 }, 'bad-request', '/ratePerMinute', 'from 1 to'],
    ['a start without an offset', { startAt: '2027-01-31T23:00:00' }, 'bad-request', '/startAt', 'with its offset'],
    ['a start as a number', { startAt: 1_800_000_000_000 }, 'malformed', '/startAt', 'write a time with its offset'],
    ['a window that is a text', { window: 'nights' }, 'malformed', '/window', 'write an object'],
  ])('%s', (_, input, code, place, advice) => {
    const path = `/rollout${place}`;
    expect(() => parseRollout(input, '/rollout')).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(advice), details: { path } }),
    );
    expect(() => parseRollout(input, '/rollout')).toThrow(path);
  });
});

test('every percent of up to three decimals is taken as it was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999 }), (thousandths) => {
      const percent = Number(`${Math.floor(thousandths / 1_000)}.${`${thousandths % 1_000}`.padStart(3, '0')}`);
      const { phases } = parseRollout({ phases: [{ percent }, { percent: 100 }] }, '');
      expect(phases[0]?.percent).toBe(percent);
    }),
  );
});

test('what is normalized survives being stored', () => {
  const policy = parseRollout({ abort: { failedPercent: 2 }, timeout: '1h', retries: 2 }, '');
  expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
});
