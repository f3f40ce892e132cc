import { LIMITS, WEEKDAYS } from '@muster/twin';
import { type ObjectOptions, type TProperties, Type } from '@sinclair/typebox';
import { withHint } from './hint.js';
import { wordSchema } from './member.js';
import type { Shape } from './shape.js';

function closed<Properties extends TProperties>(properties: Properties, options: ObjectOptions = {}) {
  return withHint(Type.Object(properties, { additionalProperties: false, ...options }), { isUnknownFirst: true });
}

const integer = (minimum: number, maximum: number, options: { readonly default?: number; description: string }) =>
  withHint(Type.Integer({ minimum, maximum, ...options }), {
    write: `an integer from ${minimum} to ${maximum}`,
    isRange: true,
  });

const percent = (description: string) =>
  withHint(Type.Number({ minimum: 0, maximum: 100, description }), {
    write: 'a percent from 0 to 100, such as 5 or 0.5',
  });

const duration = (description: string) =>
  withHint(
    Type.String({ pattern: '^\\d+(ms|s|m|h|d)$', description: `${description}: an integer and ms, s, m, h or d` }),
    { write: 'a duration, an integer and ms, s, m, h or d, such as "90m"' },
  );

const wallTime = (description: string, example: string) =>
  withHint(Type.String({ pattern: '^\\d\\d:[0-5]\\d$', description }), { write: `a time of day such as "${example}"` });

const PhaseSchema = closed({
  percent: percent(
    'Share of the matching devices, earlier phases included, with at most 3 decimals; it rises, and the last is 100',
  ),
  wait: Type.Optional(duration('How long the phase lasts after its share is reached; default 0s')),
});

const onAbort = Type.Optional(
  wordSchema(['hold', 'rollback'], {
    default: 'hold',
    description:
      'What an abort does: admitted devices keep the new generation, or all devices return to the generation before',
  }),
);

const AbortSchema = closed(
  {
    failedPercent: percent(
      'The rollout is aborted when more than this share of the finished devices has failed; at most 3 decimals',
    ),
    minimum: Type.Optional(
      integer(1, LIMITS.rolloutAbortMinimumMax, {
        default: 1,
        description: 'The share is not judged while fewer devices have finished',
      }),
    ),
    onAbort,
  },
  { description: 'If absent, failures never abort the rollout' },
);

const WindowSchema = closed(
  {
    days: Type.Optional(
      withHint(
        Type.Array(wordSchema(WEEKDAYS), {
          minItems: 1,
          uniqueItems: true,
          description: 'Days on which the window begins; if absent, every day',
        }),
        { write: 'a list of days such as ["sat", "sun"]' },
      ),
    ),
    from: wallTime('HH:MM, 00:00 to 23:59', '01:00'),
    to: wallTime('HH:MM, 00:00 to 24:00; on the next day if it is before `from`; must differ from `from`', '05:00'),
    timezone: withHint(
      Type.String({
        maxLength: LIMITS.timezoneLengthMax,
        description:
          'A name of the IANA database, or a tag that holds one for each device, such as device.tags.timezone',
      }),
      { write: 'an IANA name such as "Europe/Prague" or "UTC", or a tag such as "device.tags.timezone"' },
    ),
  },
  { description: 'Devices are admitted only while the window is open; if absent, at any time' },
);

/** When devices may be admitted, as the operator writes it. */
export type RolloutWindowInput = Shape<typeof WindowSchema>;

const EXAMPLE = {
  phases: [{ percent: 5, wait: '24h' }, { percent: 15, wait: '24h' }, { percent: 100 }],
  abort: { failedPercent: 2, minimum: 10 },
  onAbort: 'rollback',
  retries: 3,
  timeout: '30m',
  onFailure: 'fallback',
  ratePerMinute: 1_000,
  startAt: '2027-01-30T00:00:00Z',
  window: { days: ['sat', 'sun'], from: '01:00', to: '05:00', timezone: 'device.tags.timezone' },
};

/** A rollout as the operator writes it. `parseRollout` checks durations, windows and percents further. */
export const RolloutSchema = closed(
  {
    phases: Type.Optional(
      withHint(
        Type.Array(PhaseSchema, {
          minItems: 1,
          maxItems: LIMITS.rolloutPhasesMax,
          description: 'If absent, one phase of 100 percent',
        }),
        { write: 'a list of phases such as [{"percent": 10, "wait": "1h"}, {"percent": 100}]' },
      ),
    ),
    abort: Type.Optional(AbortSchema),
    onAbort,
    retries: Type.Optional(
      integer(0, LIMITS.rolloutRetriesMax, { default: 0, description: 'Attempts after the first on a failed device' }),
    ),
    timeout: Type.Optional(
      duration('How long a device may be connected without an answer before it counts as failed; default: no limit'),
    ),
    onFailure: Type.Optional(
      wordSchema(['fallback', 'keep'], {
        default: 'fallback',
        description: 'Whether a device that failed for good returns to the generation before, or keeps the new one',
      }),
    ),
    ratePerMinute: Type.Optional(
      integer(1, LIMITS.rolloutRatePerMinuteMax, { description: 'Devices admitted per minute at most' }),
    ),
    startAt: Type.Optional(
      withHint(
        Type.String({ format: 'date-time', description: 'No device is admitted before; RFC 3339, with its offset' }),
        { write: 'a time with its offset, such as "2027-01-31T22:00:00Z" or "2027-01-31T23:00:00+01:00"' },
      ),
    ),
    window: Type.Optional(WindowSchema),
  },
  {
    $id: 'Rollout',
    title: 'How a new generation reaches its devices in phases',
    examples: [EXAMPLE],
  },
);

export type RolloutInput = Shape<typeof RolloutSchema>;
