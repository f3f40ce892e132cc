import aedesPacket from 'aedes-packet';
import type { Qos } from '../edge-client.js';
import type { EdgeCounters } from '../edge-counters.js';
import type { StoredPacket } from '../sessions/persistence-port.js';
import type { Origin, SessionStore } from '../sessions/session-store.js';
import type { AedesBroker } from './aedes-fields.js';

export interface Message {
  topic: string;
  payload: Buffer;
  qos: Qos;
  retain: boolean;
}

const Packet = aedesPacket as unknown as new (message: object, broker: AedesBroker) => StoredPacket;

/** Delivers messages to ordinary subscribers: first to the stores, then to the emitter. */
export class FanOut {
  readonly #broker: AedesBroker;
  readonly #sessions: SessionStore;
  readonly #counters: EdgeCounters;

  constructor(broker: AedesBroker, sessions: SessionStore, counters: EdgeCounters) {
    this.#broker = broker;
    this.#sessions = sessions;
    this.#counters = counters;
  }

  /** Stores and emits a message. Rejects, and emits nothing, if a store fails. */
  async publish(message: Message, origin: Origin): Promise<void> {
    const packet = this.prepare(message);
    await this.store(packet, origin);
    await new Promise<void>((resolve) => this.emit(packet, resolve));
  }

  /** Makes the packet to store and emit, without DUP [MQTT-3.3.1-3]. */
  prepare(message: Message): StoredPacket {
    const { topic, payload, qos, retain } = message;
    return new Packet({ topic, payload, qos, retain }, this.#broker);
  }

  /** Retains the message and queues it for matching sessions. Returns undefined if there is nothing to store. */
  store(packet: StoredPacket, origin: Origin): Promise<unknown> | undefined {
    const receivers = packet.qos > 0 ? this.#sessions.receivers(packet.topic) : [];
    if (!packet.retain && receivers.length === 0) return undefined;
    const kept = { ...packet, payload: Buffer.from(packet.payload) };
    const queue = () => this.#sessions.enqueue(receivers, { ...kept, retain: false });
    if (!packet.retain) return queue();
    const retained = this.#sessions.retain(kept, origin);
    return receivers.length === 0 ? retained : retained.then(queue);
  }

  emit(packet: StoredPacket, done: () => void): void {
    this.#counters.publishesForwarded++;
    this.#broker.mq.emit(packet, done);
  }
}
