import { Type } from '@sinclair/typebox';
import { withHint } from './hint.js';
import { wordSchema } from './member.js';

export const ROLLOUT_ACTIONS = ['pause', 'resume', 'abort', 'rollback', 'promote'] as const;

/** The body of `POST /configurations/{id}/rollout`. */
export const RolloutActionSchema = withHint(
  Type.Object(
    {
      action: wordSchema(ROLLOUT_ACTIONS, {
        description:
          '`abort` does what `onAbort` says. `rollback` writes an earlier generation again, for all devices. `promote` ' +
          'admits all remaining devices at once',
      }),
      generation: Type.Optional(
        Type.Integer({ minimum: 1, description: 'For `rollback` only; default: the generation the rollout came from' }),
      ),
    },
    {
      $id: 'RolloutAction',
      additionalProperties: false,
      examples: [{ action: 'pause' }, { action: 'rollback', generation: 3 }],
    },
  ),
  { isUnknownFirst: true },
);
