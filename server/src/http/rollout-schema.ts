import { LIMITS, WEEKDAYS } from '@muster/twin';
import { Type } from '@sinclair/typebox';

/** Rollouts over HTTP, for the OpenAPI document. What comes in is checked by `parseRollout`, which says more. */

const Count = Type.Integer({ minimum: 0 });
const Generation = Type.Integer({ minimum: 1 });
const Time = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC' });
const Percent = { minimum: 0, maximum: 100 };
const CLOSED = { additionalProperties: false };

const oneOf = (words: readonly string[], options: object = {}) =>
  Type.Union(
    words.map((word) => Type.Literal(word)),
    options,
  );
const duration = (description: string) =>
  Type.String({ pattern: '^\\d+(ms|s|m|h|d)$', description: `${description}: an integer and ms, s, m, h or d` });

const Phase = Type.Object(
  {
    percent: Type.Number({
      ...Percent,
      description:
        'Of those who match, all phases before included, in at most 3 decimals; it rises, and the last is 100',
    }),
    wait: Type.Optional(duration('How long its share is kept before the next phase opens; default 0s')),
  },
  CLOSED,
);

const onAbort = Type.Optional(
  oneOf(['hold', 'rollback'], {
    default: 'hold',
    description: 'What an abort does: who is admitted keeps it, or everybody returns to the generation before',
  }),
);

const Abort = Type.Object(
  {
    failedPercent: Type.Number({
      ...Percent,
      description: 'It aborts when more than this share of those who finished have failed; at most 3 decimals',
    }),
    minimum: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: LIMITS.rolloutAbortMinimumMax,
        default: 1,
        description: 'Nothing is judged while fewer devices have finished',
      }),
    ),
    onAbort,
  },
  { ...CLOSED, description: 'Left away: failures never abort it' },
);

const wallTime = (description: string) => Type.String({ pattern: '^\\d\\d:[0-5]\\d$', description });

const Window = Type.Object(
  {
    days: Type.Optional(
      Type.Array(oneOf(WEEKDAYS), {
        minItems: 1,
        uniqueItems: true,
        description: 'The days on which it begins; left away: every day',
      }),
    ),
    from: wallTime('HH:MM, 00:00 to 23:59'),
    to: wallTime('HH:MM, 00:00 to 24:00; on the day after if it is before `from`; not the same as `from`'),
    timezone: Type.String({
      maxLength: LIMITS.timezoneLengthMax,
      description: 'A name of the IANA database, or a tag that has one for each device, such as device.tags.timezone',
    }),
  },
  { ...CLOSED, description: 'Devices are admitted only while it is open; left away: at any time' },
);

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

/** As an operator writes it. */
export const Rollout = Type.Object(
  {
    phases: Type.Optional(
      Type.Array(Phase, {
        minItems: 1,
        maxItems: LIMITS.rolloutPhasesMax,
        description: 'Left away: one phase of 100 percent',
      }),
    ),
    abort: Type.Optional(Abort),
    onAbort,
    retries: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LIMITS.rolloutRetriesMax,
        default: 0,
        description: 'How often a device on which it failed is tried again',
      }),
    ),
    timeout: Type.Optional(
      duration('How long a device may be connected without an answer before it counts as failed; default: for ever'),
    ),
    onFailure: Type.Optional(
      oneOf(['fallback', 'keep'], {
        default: 'fallback',
        description: 'Whether a device that failed for good returns to the generation before, or keeps the new one',
      }),
    ),
    ratePerMinute: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: LIMITS.rolloutRatePerMinuteMax,
        description: 'At most so many devices are admitted in a minute',
      }),
    ),
    startAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'Nobody is admitted before; RFC 3339, with its offset' }),
    ),
    window: Type.Optional(Window),
  },
  { ...CLOSED, title: 'How a new generation reaches its devices, a share after the other', examples: [EXAMPLE] },
);

export const RolloutAction = Type.Object(
  {
    action: oneOf(['pause', 'resume', 'abort', 'rollback', 'promote'], {
      description:
        'abort does what `onAbort` says, rollback writes an earlier generation anew for everybody, promote admits all ' +
        'who are left at once',
    }),
    generation: Type.Optional(
      Type.Integer({ minimum: 1, description: 'For rollback only; default: the one that it came from' }),
    ),
  },
  { ...CLOSED, examples: [{ action: 'pause' }, { action: 'rollback', generation: 3 }] },
);

const Reason = Type.Object({
  code: Type.String({ description: 'Stable; programs go by this' }),
  text: Type.String({ description: 'For people' }),
});

const PhaseView = Type.Object(
  {
    percent: Type.Number(Percent),
    waitMs: Count,
    target: Type.Integer({ minimum: 0, description: 'Cumulative: how many are to be admitted when it is over' }),
    admitted: Count,
    applied: Count,
    failed: Count,
    pending: Count,
    overridden: Count,
  },
  { title: 'A phase; its counts are of the devices that were admitted in it' },
);

const GenerationView = Type.Object({ generation: Generation, devices: Count });
const ConvergedView = Type.Object({
  withinMs: Type.Optional(Type.Integer({ minimum: 0, description: 'Absent: longer than all the others' })),
  devices: Count,
});
const FailureView = Type.Object({
  error: Type.String({ description: 'What the device said' }),
  devices: Count,
  sample: Type.Array(Type.String(), { description: 'Ids of some of them' }),
});

export const RolloutView = Type.Object(
  {
    state: oneOf(['waiting', 'running', 'paused', 'aborted', 'rolledBack', 'complete']),
    reason: Reason,
    changedBy: Type.String({ description: 'Who took it to this state' }),
    changedAt: Time,
    generation: Type.Integer({ minimum: 1, description: 'The one whose content is being admitted' }),
    stable: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'The one that those have who are not admitted; absent: they have nothing',
      }),
    ),
    phase: Type.Integer({ minimum: 1, description: 'The current phase, from 1' }),
    phases: Type.Array(PhaseView),
    waitsFor: Type.Optional(Reason),
    nextAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'When time alone may change something: RFC 3339, in UTC' }),
    ),
    generations: Type.Array(GenerationView, { description: 'Devices by what they have, the newest first' }),
    converged: Type.Array(ConvergedView, {
      description:
        'How long it took from the first attempt until it was applied: each device once, in the first step it fits in',
    }),
    failures: Type.Array(FailureView, { description: 'Devices that failed, by what they said, most first' }),
    failuresLeftOut: Type.Integer({ minimum: 0, description: 'Devices whose failures are not listed' }),
  },
  { title: 'How a rollout stands' },
);

/** A rollout in the wait of its second phase. */
export const ROLLOUT_VIEW_EXAMPLE = {
  state: 'running',
  reason: { code: 'phase-opened', text: 'phase 2 of 3 opened: 15 %' },
  changedBy: 'muster',
  changedAt: '2027-01-31T02:00:00.000Z',
  generation: 4,
  stable: 3,
  phase: 2,
  phases: [
    { percent: 5, waitMs: 86_400_000, target: 50, admitted: 50, applied: 49, failed: 1, pending: 0, overridden: 0 },
    { percent: 15, waitMs: 86_400_000, target: 150, admitted: 100, applied: 90, failed: 0, pending: 9, overridden: 1 },
    { percent: 100, waitMs: 0, target: 1_000, admitted: 0, applied: 0, failed: 0, pending: 0, overridden: 0 },
  ],
  waitsFor: { code: 'phase', text: 'phase 2 of 3 has its 15 % and waits for 1d' },
  nextAt: '2027-02-01T02:00:10.000Z',
  generations: [
    { generation: 4, devices: 149 },
    { generation: 3, devices: 851 },
  ],
  converged: [{ withinMs: 1_000, devices: 120 }, { withinMs: 10_000, devices: 18 }, { devices: 1 }],
  failures: [{ error: 'no space', devices: 1, sample: ['pump-17'] }],
  failuresLeftOut: 0,
};
