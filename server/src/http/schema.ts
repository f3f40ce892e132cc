import { ConfigurationSchema, RegistrationPatchSchema, RegistrationSchema } from '@muster/registry';
import { LIMITS } from '@muster/twin';
import { Type } from '@sinclair/typebox';
import { ROLLOUT_VIEW_EXAMPLE, Rollout, RolloutAction, RolloutView } from './rollout-schema.js';

/** What travels over HTTP, for the OpenAPI document. What comes in is validated by the registry's own schemas. */

const Time = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC' });
const Version = Type.Integer({ minimum: 0 });
const Document = Type.Object({}, { additionalProperties: true });
const Id = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:~@-]{0,127}$' });
const Count = Type.Integer({ minimum: 0 });

const Device = Type.Object(
  {
    id: Id,
    name: Type.String({ description: 'The id, unless a name was given' }),
    enabled: Type.Boolean(),
    tags: Document,
    desired: Type.Object({}, { additionalProperties: true, description: 'Effective: merged over all layers' }),
    desiredVersion: Version,
    ownDesired: Type.Object({}, { additionalProperties: true, description: "The device's own layer" }),
    reported: Document,
    reportedVersion: Version,
    acknowledged: Type.Optional(
      Type.Object({
        version: Version,
        status: Type.Union([Type.Literal('applied'), Type.Literal('failed')]),
        error: Type.Optional(Type.String()),
        at: Time,
      }),
    ),
    configurations: Type.Array(
      Type.Object({
        id: Id,
        generation: Count,
        status: Type.Union(['applied', 'failed', 'pending', 'overridden'].map((status) => Type.Literal(status))),
      }),
    ),
    problem: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
    connected: Type.Boolean(),
    lastSeenAt: Type.Optional(Time),
    createdAt: Time,
    secret: Type.Optional(Type.String({ description: 'Only in the answer to the PUT that generated it' })),
  },
  { title: 'A device and its twin' },
);

const Indexing = Type.Object({
  indexable: Type.Boolean({ description: 'Whether an index can look the condition up' }),
  notIndexableBecause: Type.Optional(Type.String({ description: 'Only of a condition that is not indexable: why' })),
});

const Configuration = Type.Object(
  { ...ConfigurationSchema.properties, rollout: Type.Optional(ref('Rollout')) },
  { additionalProperties: false, title: 'Configuration' },
);

const StoredConfiguration = Type.Composite(
  [
    Configuration,
    Type.Object({
      id: Id,
      generation: Type.Integer({
        minimum: 1,
        description: 'Rises with condition, properties, priority, enforce or rollout',
      }),
      createdAt: Time,
      updatedAt: Time,
    }),
    Indexing,
  ],
  { title: 'A configuration as it is stored' },
);

const ConfigurationStatus = Type.Object(
  {
    matched: Count,
    admitted: Type.Integer({ minimum: 0, description: 'By the rollout; without one, all who match' }),
    overridden: Count,
    winning: Type.Integer({ minimum: 0, description: 'applied + failed + pending' }),
    applied: Count,
    failed: Count,
    pending: Count,
    offline: Type.Integer({ minimum: 0, description: 'Those of pending that are not connected' }),
    rollout: Type.Optional(ref('RolloutView')),
  },
  { title: 'Counts of the current generation, and how its rollout stands' },
);

export const STATUS_EXAMPLE = {
  ...{ matched: 1_000, admitted: 150, overridden: 1, winning: 149, applied: 139, failed: 1, pending: 9, offline: 4 },
  rollout: ROLLOUT_VIEW_EXAMPLE,
};

const PreviewCounts = Type.Object({
  matched: Count,
  entering: Count,
  leaving: Count,
  changed: Type.Integer({
    minimum: 0,
    description: 'Devices that get another document, at once or when their turn comes',
  }),
  atOnce: Type.Integer({ minimum: 0, description: 'Of these, who change at once' }),
  overridden: Count,
  problems: Type.Integer({ minimum: 0, description: 'Devices whose layers together would go over a limit' }),
  paths: Type.Array(Type.Object({ path: Type.String(), devices: Count })),
  conflicts: Type.Array(
    Type.Object({ path: Type.String(), with: Type.String(), winner: Type.String(), devices: Count }),
  ),
  changes: Type.Array(
    Type.Object({
      path: Type.String(),
      before: Type.Optional(Type.Unknown({ description: 'Absent: there is no value' })),
      after: Type.Optional(Type.Unknown({ description: 'Absent: there would be no value' })),
      devices: Count,
    }),
    {
      description: 'By JSON Pointer: from what to what, that of most devices first',
      maxItems: LIMITS.previewChangesMax,
    },
  ),
  changesLeftOut: Type.Integer({ minimum: 0, description: 'Changes of one path on one device that are not listed' }),
  sample: Type.Array(Type.Object({ id: Id, before: Document, after: Document })),
});

const Preview = Type.Composite([PreviewCounts, Indexing]);

const IS_IT = Type.Literal(true);

const ConfigurationPreview = Type.Union(
  [
    Type.Composite([Type.Object({ id: Type.Optional(Id) }), Configuration]),
    Type.Object(
      { id: Id, rollback: Type.Union([IS_IT, Type.Integer({ minimum: 1 })]) },
      { additionalProperties: false },
    ),
    Type.Object({ id: Id, promote: IS_IT }, { additionalProperties: false }),
  ],
  {
    description:
      'What is to be stored; or a rollback, to the generation of this number or (`true`) to the one that the rollout came ' +
      'from; or that the rollout is promoted',
  },
);

const PlanStep = Type.Object(
  {
    condition: Type.String({ description: 'The part of the condition that the step is for' }),
    way: Type.Union(
      ['constant', 'lookup', 'intersection', 'union', 'test', 'verify', 'scan'].map((way) => Type.Literal(way)),
    ),
    uses: Type.Optional(Type.String({ description: 'Such as: values of device.tags.region' })),
    estimate: Type.Integer({ minimum: 0, description: 'At most so many devices' }),
    isExact: Type.Boolean({ description: 'Whether what is found needs no verification' }),
    reason: Type.Optional(Type.String({ description: 'Why it is scanned or to be verified' })),
    steps: Type.Optional(Type.Array(ref('PlanStep'))),
  },
  { title: 'A step of a plan, and the steps that it takes' },
);

const Plan = Type.Object({ estimate: Count, isExact: Type.Boolean(), root: ref('PlanStep') });

const Layer = Type.Object({
  layer: Type.Union([Type.Literal('device'), Type.Literal('configuration')]),
  id: Type.Optional(Id),
  generation: Type.Optional(Count),
  priority: Type.Optional(Type.Integer()),
  enforce: Type.Optional(Type.Boolean()),
});

const Explain = Type.Object({
  id: Id,
  desiredVersion: Version,
  paths: Type.Record(
    Type.String(),
    Type.Object({
      value: Type.Optional(Type.Unknown()),
      winner: Layer,
      beat: Type.Array(Type.Composite([Layer, Type.Object({ value: Type.Unknown() })])),
    }),
    { description: 'By JSON Pointer: who wins the path, and whom it beat, from the strongest down' },
  ),
  configurations: Type.Array(
    Type.Object({
      id: Id,
      generation: Count,
      applies: Type.Boolean(),
      reason: Type.String(),
      detail: Type.Optional(Type.String()),
    }),
  ),
});

const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable; programs go by this' }),
    detail: Type.String({ description: 'What is wrong and what to do' }),
    position: Type.Optional(Type.Integer({ description: 'Of a bad condition, in UTF-16 units from 0' })),
    length: Type.Optional(Type.Integer()),
    hint: Type.Optional(Type.String()),
    changed: Type.Optional(Type.Integer({ description: 'Of a write that was refused: how many devices would change' })),
    path: Type.Optional(Type.String({ description: 'Place in the body, as a JSON Pointer' })),
  },
  { additionalProperties: true, title: 'RFC 9457 problem details' },
);

const cursor = { cursor: Type.Optional(Type.String({ description: 'Absent on the last page' })) };

/** Under these names the OpenAPI document has them. */
export const SCHEMAS = {
  Registration: RegistrationSchema,
  RegistrationPatch: RegistrationPatchSchema,
  Device,
  DevicePage: Type.Object({ items: Type.Array(ref('Device')), ...cursor, plan: Type.Optional(ref('Plan')) }),
  Plan,
  PlanStep,
  Configuration,
  StoredConfiguration,
  ConfigurationPage: Type.Object({ items: Type.Array(ref('StoredConfiguration')), ...cursor }),
  ConfigurationPreview,
  ConfigurationStatus,
  Preview,
  Explain,
  Rollout,
  RolloutAction,
  RolloutView,
  Problem,
};

export function ref(name: string) {
  return Type.Unsafe<unknown>({ $ref: `#/components/schemas/${name}` });
}
