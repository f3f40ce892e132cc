import type { AcknowledgedEvent, ConfigurationCounts, DesiredEvent, PresenceEvent, ReportedEvent } from '@muster/api';
import { isObject, type Json, TwinError } from '@muster/twin';

/** An event that a service receives over MQTT (PROTOCOL, service side). */
export type ServiceEvent =
  | { readonly kind: 'desired'; readonly device: string; readonly data: DesiredEvent }
  | { readonly kind: 'reported'; readonly device: string; readonly data: ReportedEvent }
  | { readonly kind: 'acknowledged'; readonly device: string; readonly data: AcknowledgedEvent }
  | { readonly kind: 'presence'; readonly device: string; readonly data: PresenceEvent }
  | { readonly kind: 'status'; readonly configuration: string; readonly data: ConfigurationCounts }
  /** A plain MQTT message between a device and services; any bytes. */
  | { readonly kind: 'message'; readonly device: string; readonly topic: string; readonly payload: Uint8Array }
  /** Events may be missing here: the connection was lost, or the reader was too slow. */
  | { readonly kind: 'gap'; readonly reason: 'reconnected' | 'overflow' };

/** Returns the event of a message, or undefined if the topic has none. */
export function parseServiceEvent(topic: string, payload: Uint8Array): ServiceEvent | undefined {
  const [root, id = '', ...rest] = topic.split('/');
  const tail = rest.join('/');
  if (root === 'devices') return { kind: 'message', device: id, topic, payload };
  if (root === 'configurations' && tail === 'status') {
    return { kind: 'status', configuration: id, data: parseData<ConfigurationCounts>(topic, payload) };
  }
  return root === 'twins' ? parseTwinEvent(topic, id, tail, payload) : undefined;
}

function parseTwinEvent(topic: string, device: string, tail: string, payload: Uint8Array): ServiceEvent | undefined {
  switch (tail) {
    case 'desired':
      return { kind: 'desired', device, data: parseData<DesiredEvent>(topic, payload) };
    case 'reported':
      return { kind: 'reported', device, data: parseData<ReportedEvent>(topic, payload) };
    case 'acknowledged':
      return { kind: 'acknowledged', device, data: parseData<AcknowledgedEvent>(topic, payload) };
    case 'presence':
      return { kind: 'presence', device, data: parseData<PresenceEvent>(topic, payload) };
    default:
      return undefined;
  }
}

function parseData<Data>(topic: string, payload: Uint8Array): Data {
  try {
    const value = JSON.parse(new TextDecoder().decode(payload)) as Json;
    if (isObject(value)) return value as Data;
  } catch (cause) {
    throw new TwinError('malformed', `a message on ${topic} is not JSON`, {}, { cause });
  }
  throw new TwinError('malformed', `a message on ${topic} is not a JSON object`);
}
