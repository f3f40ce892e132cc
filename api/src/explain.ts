import { Type } from '@sinclair/typebox';
import { CountSchema, IdSchema, recordSchema, ValueSchema, VersionSchema, wordSchema } from './member.js';
import type { Shape } from './shape.js';

const DEVICE_LAYER = { layer: Type.Literal('device') };
const CONFIGURATION_LAYER = {
  layer: Type.Literal('configuration'),
  id: IdSchema,
  generation: CountSchema,
  priority: Type.Integer(),
  enforce: Type.Boolean(),
};
const BEATEN = {
  value: ValueSchema,
  path: Type.Optional(Type.String({ description: 'Where the value is, if it is at an ancestor of the path' })),
};

const LayerSchema = Type.Union([Type.Object(DEVICE_LAYER), Type.Object(CONFIGURATION_LAYER)]);

export type LayerView = Shape<typeof LayerSchema>;

const ConfigurationStandingSchema = Type.Object({
  id: IdSchema,
  generation: CountSchema,
  applies: Type.Boolean(),
  reason: wordSchema([
    'applies',
    'overridden',
    'condition-false',
    'condition-unknown',
    'disabled',
    'waiting-for-rollout',
    'failed',
    'held',
  ]),
  detail: Type.Optional(Type.String()),
});

export type ConfigurationStanding = Shape<typeof ConfigurationStandingSchema>;
export type ConfigurationReason = ConfigurationStanding['reason'];

/** Why the desired document of a device has its content. */
export const ExplainSchema = Type.Object(
  {
    id: IdSchema,
    desiredVersion: VersionSchema,
    paths: recordSchema(
      Type.Object({
        value: Type.Optional(ValueSchema),
        winner: LayerSchema,
        beat: Type.Array(
          Type.Union([Type.Object({ ...DEVICE_LAYER, ...BEATEN }), Type.Object({ ...CONFIGURATION_LAYER, ...BEATEN })]),
        ),
      }),
      { description: 'By JSON Pointer: the layer that wins the path, and the layers it beats, strongest first' },
    ),
    configurations: Type.Array(ConfigurationStandingSchema),
  },
  { $id: 'Explain' },
);

export type ExplainView = Shape<typeof ExplainSchema>;
