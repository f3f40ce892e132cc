import { type Static, Type } from '@sinclair/typebox';
import { CountSchema, countSchema, wordSchema } from './member.js';
import type { Shape } from './shape.js';

/** A step of a plan, with the steps below it. */
export const PlanStepSchema = Type.Recursive(
  (Step) =>
    Type.Object(
      {
        condition: Type.String({ description: 'The part of the condition that the step is for' }),
        way: wordSchema(['constant', 'lookup', 'intersection', 'union', 'test', 'verify', 'scan'], {
          description: '`verify` tests the devices found, `scan` every device',
        }),
        uses: Type.Optional(Type.String({ description: 'Such as: values of device.tags.region' })),
        estimate: countSchema('Maximum number of devices'),
        isExact: Type.Boolean({ description: 'Whether the devices found need no verification' }),
        reason: Type.Optional(Type.String({ description: 'Why it is scanned or verified' })),
        steps: Type.Optional(
          Type.Array(Step, { description: 'Steps of an intersection are in the order in which they are taken' }),
        ),
      },
      { title: 'A step of a plan, with the steps below it' },
    ),
  { $id: 'PlanStep' },
);

type Step = Static<typeof PlanStepSchema>;
/** Written out, because the type of a recursive schema cannot be made read only at every depth. */
export interface PlanStepView extends Readonly<Omit<Step, 'steps'>> {
  readonly steps?: readonly PlanStepView[];
}

/** How the devices of a query are found. */
export const PlanSchema = Type.Object(
  { estimate: CountSchema, isExact: Type.Boolean(), root: PlanStepSchema },
  { $id: 'Plan' },
);

export interface PlanView extends Readonly<Omit<Shape<typeof PlanSchema>, 'root'>> {
  readonly root: PlanStepView;
}
