import { LIMITS } from '@muster/twin';
import { Type } from '@sinclair/typebox';
import { ConfigurationSchema, IndexingSchema } from './configuration.js';
import { CountSchema, countSchema, DocumentSchema, described, IdSchema, ValueSchema } from './member.js';
import type { Shape } from './shape.js';

const IS_IT = Type.Literal(true);

/** The body of `POST /configurations:preview`. */
export const ConfigurationPreviewSchema = Type.Union(
  [
    Type.Object(
      { id: Type.Optional(IdSchema), ...ConfigurationSchema.properties },
      { additionalProperties: false, title: 'Configuration' },
    ),
    Type.Object(
      { id: IdSchema, rollback: Type.Union([IS_IT, Type.Integer({ minimum: 1 })]) },
      { additionalProperties: false },
    ),
    Type.Object({ id: IdSchema, promote: IS_IT }, { additionalProperties: false }),
  ],
  {
    $id: 'ConfigurationPreview',
    description:
      'A configuration to be stored; or a rollback, to the generation of this number or (`true`) to the generation ' +
      'the rollout came from; or the promotion of the rollout',
  },
);

/** One path of effective desired documents and its change. */
const PreviewChangeSchema = Type.Object({
  path: Type.String({
    description: 'A JSON Pointer to a leaf, or to an object that appears or disappears in place of another value',
  }),
  before: Type.Optional(described(ValueSchema, 'Absent: there is no value')),
  after: Type.Optional(described(ValueSchema, 'Absent: there would be no value')),
  devices: CountSchema,
});

export type PreviewChange = Shape<typeof PreviewChangeSchema>;

const PreviewCountsSchema = Type.Object({
  matched: CountSchema,
  entering: CountSchema,
  leaving: CountSchema,
  changed: countSchema('Devices whose desired document changes, at once or when they are admitted'),
  atOnce: countSchema('Of these, devices that change immediately'),
  overridden: CountSchema,
  problems: countSchema('Devices whose merged layers would exceed a limit; they keep their document'),
  paths: Type.Array(Type.Object({ path: Type.String(), devices: CountSchema })),
  conflicts: Type.Array(
    Type.Object({ path: Type.String(), with: Type.String(), winner: Type.String(), devices: CountSchema }),
  ),
  changes: Type.Array(PreviewChangeSchema, {
    description: 'Changes by path, before and after; most devices first',
    maxItems: LIMITS.previewChangesMax,
  }),
  changesLeftOut: countSchema('Changes that are not listed, each of one path on one device'),
  sample: Type.Array(Type.Object({ id: IdSchema, before: DocumentSchema, after: DocumentSchema }), {
    description: 'The first changed devices in id order',
  }),
});

export type PreviewCountsView = Shape<typeof PreviewCountsSchema>;

/** The effect that a write would have. */
export const PreviewSchema = Type.Object(
  { ...PreviewCountsSchema.properties, ...IndexingSchema.properties },
  { $id: 'Preview' },
);

export type PreviewView = Shape<typeof PreviewSchema>;
