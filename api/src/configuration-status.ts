import { Type } from '@sinclair/typebox';
import { CountSchema, countSchema } from './member.js';
import { ROLLOUT_VIEW_EXAMPLE, RolloutViewSchema } from './rollout-view.js';
import type { Shape } from './shape.js';

/** Counts of the current generation. */
const ConfigurationCountsSchema = Type.Object({
  matched: CountSchema,
  admitted: countSchema('Admitted by the rollout; without a rollout, all matching devices'),
  overridden: CountSchema,
  winning: countSchema('applied + failed + pending'),
  applied: CountSchema,
  failed: CountSchema,
  pending: CountSchema,
  offline: countSchema('Pending devices that are not connected'),
});

export type ConfigurationCounts = Shape<typeof ConfigurationCountsSchema>;

/** `rollout` is present if the configuration has or had one. */
export const ConfigurationStatusSchema = Type.Object(
  { ...ConfigurationCountsSchema.properties, rollout: Type.Optional(RolloutViewSchema) },
  { $id: 'ConfigurationStatus', title: 'Counts of the current generation, and the status of its rollout' },
);

export type ConfigurationStatusView = Shape<typeof ConfigurationStatusSchema>;

export const CONFIGURATION_STATUS_EXAMPLE: ConfigurationStatusView = {
  ...{ matched: 1_000, admitted: 150, overridden: 1, winning: 149, applied: 139, failed: 1, pending: 9, offline: 4 },
  rollout: ROLLOUT_VIEW_EXAMPLE,
};
