import { type TProperties, Type } from '@sinclair/typebox';
import { DocumentSchema, GenerationSchema, IdSchema, TimeSchema, VersionSchema, wordSchema } from './member.js';
import { RolloutReasonSchema, RolloutStateSchema } from './rollout-view.js';
import type { Shape } from './shape.js';

/** Data of the events, over MQTT and, with the id of the device or configuration, in the change feed. */

const DESIRED = { version: VersionSchema, patch: DocumentSchema, at: TimeSchema, configurations: Type.Array(IdSchema) };
const REPORTED = { version: VersionSchema, patch: DocumentSchema, at: TimeSchema };
const ACKNOWLEDGED = {
  version: VersionSchema,
  status: wordSchema(['applied', 'failed']),
  error: Type.Optional(Type.String()),
  at: TimeSchema,
};
const PRESENCE = { connected: Type.Boolean(), at: TimeSchema, reason: Type.Optional(Type.String()) };
const DEVICE = { change: wordSchema(['registered', 'replaced', 'patched', 'deleted']), at: TimeSchema };
const WRITTEN = {
  change: wordSchema(['created', 'replaced', 'deleted']),
  generation: GenerationSchema,
  at: TimeSchema,
};
/** A rollout reached a state or phase. */
const ROLLOUT = {
  change: Type.Literal('rollout'),
  state: RolloutStateSchema,
  phase: GenerationSchema,
  reason: RolloutReasonSchema,
  generation: GenerationSchema,
  by: Type.String(),
  at: TimeSchema,
};
/**
 * The configuration takes turns with others on a device, or with none: its properties make its own condition false. The
 * device reported before each turn, so the configurations seem to cause each other. One event for each of them.
 */
const QUARREL = {
  change: Type.Literal('quarrelled'),
  generation: GenerationSchema,
  with: Type.Array(IdSchema, { description: 'The others; empty if its properties make its own condition false' }),
  onDevice: Type.String({ description: 'Where it was noticed; other devices may be affected too' }),
  at: TimeSchema,
};

const DesiredEventSchema = Type.Object(DESIRED);
const ReportedEventSchema = Type.Object(REPORTED);
const AcknowledgedEventSchema = Type.Object(ACKNOWLEDGED);
const PresenceEventSchema = Type.Object(PRESENCE);
const DeviceEventSchema = Type.Object(DEVICE);
const ConfigurationWrittenEventSchema = Type.Object(WRITTEN);
const RolloutEventSchema = Type.Object(ROLLOUT);
const QuarrelEventSchema = Type.Object(QUARREL);

export type DesiredEvent = Shape<typeof DesiredEventSchema>;
export type ReportedEvent = Shape<typeof ReportedEventSchema>;
export type AcknowledgedEvent = Shape<typeof AcknowledgedEventSchema>;
export type PresenceEvent = Shape<typeof PresenceEventSchema>;
export type DeviceEvent = Shape<typeof DeviceEventSchema>;
export type ConfigurationWrittenEvent = Shape<typeof ConfigurationWrittenEventSchema>;
export type RolloutEvent = Shape<typeof RolloutEventSchema>;
export type QuarrelEvent = Shape<typeof QuarrelEventSchema>;
export type ConfigurationEvent = ConfigurationWrittenEvent | RolloutEvent | QuarrelEvent;

const ofDevice = <Data extends TProperties>(data: Data) => Type.Object({ device: IdSchema, ...data });
const ofConfiguration = <Data extends TProperties>(data: Data) => Type.Object({ configuration: IdSchema, ...data });

function feedEvent<const Name extends string, Data extends TProperties[string]>(event: Name, data: Data) {
  return Type.Object({
    id: Type.String({ description: 'The cursor to continue after this event' }),
    event: Type.Literal(event),
    data,
  });
}

/** One event of the change feed. */
export const FeedEventSchema = Type.Union(
  [
    feedEvent('desired', ofDevice(DESIRED)),
    feedEvent('reported', ofDevice(REPORTED)),
    feedEvent('acknowledged', ofDevice(ACKNOWLEDGED)),
    feedEvent('presence', ofDevice(PRESENCE)),
    feedEvent('device', ofDevice(DEVICE)),
    feedEvent(
      'configuration',
      Type.Union([ofConfiguration(WRITTEN), ofConfiguration(ROLLOUT), ofConfiguration(QUARREL)]),
    ),
    feedEvent('gap', Type.Object({ after: Type.String(), oldest: Type.String() })),
  ],
  { $id: 'FeedEvent', title: 'One event of the change feed: its `event`, its `id` and its `data` as JSON' },
);

export type FeedEvent = Shape<typeof FeedEventSchema>;
