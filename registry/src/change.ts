import type {
  AcknowledgedEvent,
  ConfigurationEvent,
  DesiredEvent,
  DeviceEvent,
  PresenceEvent,
  ReportedEvent,
} from '@muster/api';

/** What happened, as the change log keeps it; `data` is what events and the feed carry. */
export type NewChange =
  | { readonly kind: 'desired'; readonly device: string; readonly data: DesiredEvent }
  | { readonly kind: 'reported'; readonly device: string; readonly data: ReportedEvent }
  | { readonly kind: 'acknowledged'; readonly device: string; readonly data: AcknowledgedEvent }
  | { readonly kind: 'presence'; readonly device: string; readonly data: PresenceEvent }
  | { readonly kind: 'device'; readonly device: string; readonly data: DeviceEvent }
  | { readonly kind: 'configuration'; readonly configuration: string; readonly data: ConfigurationEvent };

export type ChangeKind = NewChange['kind'];

/** `sequence` rises by one with every change ever committed to this store. */
export type Change = NewChange & { readonly sequence: number };
