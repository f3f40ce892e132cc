import type { EmittedPacket } from '../aedes/aedes-fields.js';
import type { Qos, SendOutcome } from '../edge-client.js';
import type { GrantedFilter } from '../edge-hooks.js';
import { lowerQos } from '../packets/lower-qos.js';
import { PacketIds } from '../packets/packet-ids.js';
import { ACKNOWLEDGEMENT, acknowledgementFrame, publishFrame } from '../packets/raw-frame.js';
import { filterMatches } from '../packets/topic-filter.js';
import type { Connection } from './connection.js';
import { type IdOwner, SessionReplay } from './session-replay.js';

/** Sends every PUBLISH of one connection, and takes the acknowledgements that come back. */
export class Egress {
  readonly ids = new PacketIds<IdOwner>();
  readonly #connection: Connection;
  #replay: SessionReplay | undefined;
  #lastCounter = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Begins to send the queue of the session. Messages that are queued later follow. */
  start(): void {
    if (this.#connection.clean) return;
    this.#replay = new SessionReplay(this.#connection, this.ids);
    this.#replay.wake();
  }

  /** Takes a message from the emitter, which repeats it in a row for each overlapping filter; the first copy counts. */
  deliver(packet: EmittedPacket, done: () => void): void {
    if (packet.brokerCounter !== this.#lastCounter) {
      this.#lastCounter = packet.brokerCounter;
      this.#route(packet);
    }
    done();
  }

  send(topic: string, payload: Buffer | string, qos: 0 | 1, done: (outcome: SendOutcome) => void): void {
    if (!this.#connection.isOpen || this.#isOverflowing()) {
      setImmediate(done, 'closed');
      return;
    }
    const flags = { qos, retain: false, dup: false };
    if (qos === 0) {
      const frame = publishFrame(topic, payload, flags, 0);
      this.#connection.write(frame, (error) => setImmediate(done, error ? 'closed' : 'written'));
      return;
    }
    const id = this.#takeId(done);
    if (id === undefined) setImmediate(done, 'closed');
    else this.#connection.write(publishFrame(topic, payload, flags, id));
  }

  /** Takes a PUBACK or PUBCOMP. */
  completed(id: number): void {
    const holder = this.ids.get(id);
    if (holder === 'stored') this.#replay?.clear(id);
    else if (holder !== 'acknowledged') {
      this.ids.release(id);
      if (typeof holder === 'function') holder('acknowledged');
    }
  }

  /** Takes a PUBREC: the client has the message, and frees its id after PUBREL. */
  received(id: number): void {
    if (this.ids.get(id) === 'stored') this.#replay?.received(id);
    else this.#connection.write(acknowledgementFrame(ACKNOWLEDGEMENT.pubrel, id));
  }

  /** Sends the retained messages that match filters that were just granted. */
  sendRetained(filters: readonly GrantedFilter[]): void {
    const { sessions } = this.#connection.context;
    const topics = new Set<string>();
    for (const { filter } of filters) {
      for (const packet of sessions.retained.match(filter)) topics.add(packet.topic);
    }
    if (topics.size > 0) this.#sendRetainedTopics([...topics], filters, 0);
  }

  end(): void {
    for (const holder of this.ids.releaseAll()) {
      if (typeof holder === 'function') setImmediate(holder, 'closed');
    }
  }

  /** Waits for the socket to drain, so that a large set does not pile up in it. */
  #sendRetainedTopics(topics: readonly string[], filters: readonly GrantedFilter[], from: number): void {
    const connection = this.#connection;
    for (let at = from; at < topics.length; at++) {
      if (!connection.isOpen) return;
      if (connection.aedes.conn.writableNeedDrain) {
        connection.aedes.conn.once('drain', () => this.#sendRetainedTopics(topics, filters, at));
        return;
      }
      this.#sendRetainedTopic(topics[at] ?? '', filters);
    }
  }

  #sendRetainedTopic(topic: string, filters: readonly GrantedFilter[]): void {
    const packet = this.#connection.context.sessions.retained.get(topic);
    if (packet === undefined || !this.#mayReceive(topic)) return;
    let granted: Qos = 0;
    for (const { filter, qos } of filters) if (qos > granted && filterMatches(filter, topic)) granted = qos;
    this.#write(topic, packet.payload, lowerQos(packet.qos, granted), true);
  }

  #route(packet: EmittedPacket): void {
    const connection = this.#connection;
    if (connection.phase !== 'ready' || !connection.isOpen || !this.#mayReceive(packet.topic)) return;
    const qos = packet.qos === 0 ? 0 : lowerQos(packet.qos, connection.grantedQos(packet.topic) ?? 0);
    if (qos > 0 && this.#replay !== undefined) {
      // The message is in the queue of the session already, and leaves in that order.
      this.#replay.wake();
      return;
    }
    if (qos === 0 && this.#backlog() > connection.context.limits.socketBacklogBytesMax) {
      connection.context.counters.slowMessagesDropped++;
      return;
    }
    if (!this.#isOverflowing()) this.#write(packet.topic, packet.payload, qos, false);
  }

  #write(topic: string, payload: Buffer, qos: Qos, retain: boolean): void {
    const id = qos === 0 ? 0 : this.#takeId('message');
    if (id !== undefined) this.#connection.write(publishFrame(topic, payload, { qos, retain, dup: false }, id));
  }

  #takeId(holder: IdOwner): number | undefined {
    const id = this.ids.take(holder);
    if (id === undefined) this.#connection.close('every packet id waits for an acknowledgement');
    return id;
  }

  #mayReceive(topic: string): boolean {
    return this.#connection.context.hooks.mayReceive(this.#connection.principal, topic);
  }

  #backlog(): number {
    return this.#connection.aedes.conn.writableLength;
  }

  /** Cuts a client that does not read: what it misses would otherwise pile up without bound. */
  #isOverflowing(): boolean {
    const { limits, counters } = this.#connection.context;
    if (this.#backlog() <= limits.socketBacklogBytesMax) return false;
    counters.slowConsumersClosed++;
    this.#connection.close('slow consumer');
    return true;
  }
}
