import type {
  AcknowledgedEvent,
  ConfigurationEvent,
  DesiredEvent,
  DeviceEvent,
  PresenceEvent,
  ReportedEvent,
} from '@muster/api';
import type { Actor } from '../record/actor.js';

/** An entry of the change log. `data` is the content of events and of the feed. */
export type NewChange = Subject & {
  /** Absent: the device itself. */
  readonly actor?: Actor;
};

type Subject =
  | { readonly kind: 'desired'; readonly device: string; readonly data: DesiredEvent }
  | { readonly kind: 'reported'; readonly device: string; readonly data: ReportedEvent }
  | { readonly kind: 'acknowledged'; readonly device: string; readonly data: AcknowledgedEvent }
  | { readonly kind: 'presence'; readonly device: string; readonly data: PresenceEvent }
  | { readonly kind: 'device'; readonly device: string; readonly data: DeviceEvent }
  | { readonly kind: 'configuration'; readonly configuration: string; readonly data: ConfigurationEvent };

export type ChangeKind = Subject['kind'];

/** `sequence` rises by one with every change ever committed to this store. */
export type Change = NewChange & { readonly sequence: number };
