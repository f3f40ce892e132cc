import type { Qos } from '../edge-client.js';
import type { GrantedFilter } from '../edge-hooks.js';
import type { SubscribePacket } from '../packets/packet-fault.js';
import { subackFrame } from '../packets/raw-frame.js';
import { countLevels, isReservedFilter } from '../packets/topic-filter.js';
import type { Connection } from './connection.js';

const REFUSED = 0x80;

/**
 * Decides on a SUBSCRIBE and passes only the granted filters to Aedes, so that a refused one never reaches the session
 * store. The SUBACK has one code for each entry, even if a filter comes twice [MQTT-3.8.4-5].
 */
export function subscribe(connection: Connection, packet: SubscribePacket, done: () => void): void {
  const codes = returnCodes(connection, packet);
  const granted = new Map<string, Qos>();
  for (const [index, { topic, qos }] of packet.subscriptions.entries()) {
    if (codes[index] !== REFUSED) granted.set(topic, qos);
  }
  if (granted.size === 0) {
    connection.write(subackFrame(packet.messageId, codes));
    done();
    return;
  }
  const subscriptions = [...granted].map(([topic, qos]) => ({ topic, qos }));
  connection.aedes.subscribe({ subscriptions }, (error) => {
    if (error) {
      connection.fail('storeFailures', 'subscribe failed', error);
      return;
    }
    complete(connection, subackFrame(packet.messageId, codes), granted);
    done();
  });
}

function complete(connection: Connection, suback: Buffer, granted: ReadonlyMap<string, Qos>): void {
  connection.write(suback);
  const filters: GrantedFilter[] = [...granted].map(([filter, qos]) => ({ filter, qos }));
  connection.egress.sendRetained(filters);
  connection.callHook('subscribed', (hooks) => hooks.subscribed(connection, filters));
}

function returnCodes(connection: Connection, packet: SubscribePacket): number[] {
  const { limits, counters } = connection.context;
  const held = new Set(Object.keys(connection.aedes.subscriptions));
  return packet.subscriptions.map(({ topic, qos }, index) => {
    const fits = held.has(topic) || held.size < limits.subscriptionsPerClientMax;
    if (index < limits.filtersPerSubscribeMax && fits && maySubscribe(connection, topic)) {
      held.add(topic);
      return qos;
    }
    counters.subscriptionsRefused++;
    return REFUSED;
  });
}

/** Reports whether the principal may hold a filter now. Asked again when a session is resumed. */
export function maySubscribe(connection: Connection, filter: string): boolean {
  if (isReservedFilter(filter) || countLevels(filter) > connection.context.limits.topicLevelsMax) return false;
  let may = false;
  connection.callHook('maySubscribe', (hooks) => {
    may = hooks.maySubscribe(connection.principal, filter, connection.id);
  });
  return may;
}
