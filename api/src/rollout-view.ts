import { Type } from '@sinclair/typebox';
import { CountSchema, countSchema, described, GenerationSchema, TimeSchema, wordSchema } from './member.js';
import type { Shape } from './shape.js';

export const RolloutStateSchema = wordSchema(['waiting', 'running', 'paused', 'aborted', 'rolledBack', 'complete'], {
  description: '`waiting`: no device was admitted yet. `aborted`, `rolledBack` and `complete` are final',
});

export type RolloutStateView = Shape<typeof RolloutStateSchema>;

export const RolloutReasonSchema = Type.Object({
  code: Type.String({ description: 'Stable; meant for programs' }),
  text: Type.String({ description: 'Meant for people' }),
});

export type RolloutReasonView = Shape<typeof RolloutReasonSchema>;

const RolloutPhaseSchema = Type.Object(
  {
    percent: Type.Number({ minimum: 0, maximum: 100 }),
    waitMs: CountSchema,
    target: countSchema('Devices to be admitted by the end of the phase, earlier phases included'),
    admitted: CountSchema,
    applied: CountSchema,
    failed: CountSchema,
    pending: CountSchema,
    overridden: CountSchema,
  },
  { title: 'A phase, with counts of the devices that were admitted in it' },
);

export type RolloutPhaseView = Shape<typeof RolloutPhaseSchema>;

const RolloutFailureSchema = Type.Object({
  error: Type.String({ description: 'The error text of the devices' }),
  devices: CountSchema,
  sample: Type.Array(Type.String(), { description: 'Ids of some of these devices' }),
});

export type RolloutFailureView = Shape<typeof RolloutFailureSchema>;

/** The status of a rollout. */
export const RolloutViewSchema = Type.Object(
  {
    state: RolloutStateSchema,
    reason: RolloutReasonSchema,
    changedBy: Type.String({ description: 'The actor that brought the rollout to this state' }),
    changedAt: TimeSchema,
    generation: Type.Integer({ minimum: 1, description: 'Generation whose content is being admitted' }),
    stable: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Generation of the devices that are not admitted; absent: none' }),
    ),
    phase: Type.Integer({ minimum: 1, description: 'The current phase, from 1' }),
    phases: Type.Array(RolloutPhaseSchema),
    waitsFor: Type.Optional(described(RolloutReasonSchema, 'Why it does not continue at once')),
    nextAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'When time alone may change something: RFC 3339, in UTC' }),
    ),
    generations: Type.Array(Type.Object({ generation: GenerationSchema, devices: CountSchema }), {
      description: 'Devices by the generation they have, newest first',
    }),
    converged: Type.Array(
      Type.Object({
        withinMs: Type.Optional(countSchema('Absent: longer than all the others')),
        devices: CountSchema,
      }),
      {
        description:
          'Time from the first attempt until it was applied; a device counts once, in the first step it fits',
      },
    ),
    failures: Type.Array(RolloutFailureSchema, { description: 'Failed devices by error text, most devices first' }),
    failuresLeftOut: countSchema('Devices whose failures are not listed'),
  },
  { $id: 'RolloutView', title: 'The status of a rollout' },
);

export type RolloutView = Shape<typeof RolloutViewSchema>;

/** A rollout in the wait of its second phase. */
export const ROLLOUT_VIEW_EXAMPLE: RolloutView = {
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
