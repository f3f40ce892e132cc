import type { TwinErrorCode } from '@muster/twin';
import { Type } from '@sinclair/typebox';
import {
  CountSchema,
  DocumentSchema,
  documentSchema,
  IdSchema,
  TimeSchema,
  VersionSchema,
  wordSchema,
} from './member.js';
import type { Shape } from './shape.js';

export const DeviceStandingSchema = wordSchema(['applied', 'failed', 'pending', 'overridden']);

export type DeviceStandingView = Shape<typeof DeviceStandingSchema>;

const AcknowledgementSchema = Type.Object({
  version: VersionSchema,
  status: wordSchema(['applied', 'failed']),
  error: Type.Optional(Type.String()),
  at: TimeSchema,
});

const DeviceProblemSchema = Type.Object({ code: Type.Unsafe<TwinErrorCode>(Type.String()), message: Type.String() });

/** A device and its twin. */
export const DeviceSchema = Type.Object(
  {
    id: IdSchema,
    name: Type.String({ description: 'The id, unless a name was given' }),
    enabled: Type.Boolean(),
    tags: DocumentSchema,
    desired: documentSchema('Effective: merged over all layers'),
    desiredVersion: VersionSchema,
    ownDesired: documentSchema("The device's own layer"),
    reported: DocumentSchema,
    reportedVersion: VersionSchema,
    acknowledged: Type.Optional(AcknowledgementSchema),
    configurations: Type.Array(Type.Object({ id: IdSchema, generation: CountSchema, status: DeviceStandingSchema })),
    problem: Type.Optional(DeviceProblemSchema),
    connected: Type.Boolean(),
    lastSeenAt: Type.Optional(TimeSchema),
    createdAt: TimeSchema,
    secret: Type.Optional(Type.String({ description: 'Only in the answer to the PUT that generated it' })),
  },
  { $id: 'Device', title: 'A device and its twin' },
);

export type DeviceView = Shape<typeof DeviceSchema>;

/** A device with nothing but the paths that `select` names. */
export const SelectedDeviceSchema = Type.Object(
  {
    ...Type.Partial(DeviceSchema).properties,
    acknowledged: Type.Optional(Type.Partial(AcknowledgementSchema)),
    problem: Type.Optional(Type.Partial(DeviceProblemSchema)),
  },
  { $id: 'SelectedDevice', title: 'A device with nothing but the selected paths' },
);
