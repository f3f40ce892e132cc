import { LIMITS } from '@muster/twin';
import { Type } from '@sinclair/typebox';
import { DocumentSchema, described, GenerationSchema, IdSchema, recordSchema, TimeSchema } from './member.js';
import { RolloutSchema } from './rollout.js';
import type { Shape } from './shape.js';

/** The body of `PUT /configurations/{id}`. */
export const ConfigurationSchema = Type.Object(
  {
    targetCondition: Type.String({ description: 'Which devices; see the condition language' }),
    desiredProperties: DocumentSchema,
    priority: Type.Optional(
      Type.Integer({ default: 0, minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
    ),
    enabled: Type.Optional(Type.Boolean({ default: true })),
    enforce: Type.Optional(Type.Boolean({ default: false, description: "Ranks above the device's own layer" })),
    description: Type.Optional(Type.String()),
    labels: Type.Optional(recordSchema(Type.String(), { maxProperties: LIMITS.labelsMax })),
    rollout: Type.Optional(RolloutSchema),
  },
  { $id: 'Configuration', additionalProperties: false, title: 'Configuration' },
);

export type ConfigurationInput = Shape<typeof ConfigurationSchema>;

export const IndexingSchema = Type.Object({
  indexable: Type.Boolean({ description: 'Whether an index can look the condition up' }),
  notIndexableBecause: Type.Optional(Type.String({ description: 'Why not; absent for an indexable condition' })),
});

/** Whether an index can look a condition up, or why it cannot. */
export type IndexingView = Shape<typeof IndexingSchema>;

const { priority, enabled, enforce, labels } = ConfigurationSchema.properties;

/** Everything stored, without the members that follow from the condition. */
const StoredConfigurationSchema = Type.Object({
  ...ConfigurationSchema.properties,
  ...Type.Required(Type.Object({ priority, enabled, enforce, labels })).properties,
  id: IdSchema,
  generation: described(GenerationSchema, 'Rises with condition, properties, priority, enforce or rollout'),
  createdAt: TimeSchema,
  updatedAt: TimeSchema,
});

export type StoredConfigurationView = Shape<typeof StoredConfigurationSchema>;

/** A configuration as the API answers it. */
export const ConfigurationViewSchema = Type.Object(
  { ...StoredConfigurationSchema.properties, ...IndexingSchema.properties },
  { $id: 'StoredConfiguration', title: 'A configuration as it is stored' },
);

export type ConfigurationView = Shape<typeof ConfigurationViewSchema>;
