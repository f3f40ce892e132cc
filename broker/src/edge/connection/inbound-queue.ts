import type { PacketListener } from '../aedes/aedes-fields.js';
import type {
  AcknowledgementPacket,
  InboundPacket,
  PublishPacket,
  UnsubscribePacket,
} from '../packets/packet-fault.js';
import { ACKNOWLEDGEMENT, acknowledgementFrame, pingrespFrame } from '../packets/raw-frame.js';
import type { Connection } from './connection.js';
import { PublishPipeline } from './publish-pipeline.js';
import { subscribe } from './subscribe.js';

/**
 * The packets of one client, handled one at a time in order of arrival [MQTT-4.6.0-1]. While one waits for a store
 * (CONNECT, SUBSCRIBE, the look-up of a QoS 2 id), the packets behind it wait too.
 */
export class InboundQueue {
  readonly #connection: Connection;
  readonly #aedesListener: PacketListener;
  readonly #pipeline: PublishPipeline;
  #waiting: InboundPacket[] = [];
  #isBlocked = false;
  #isDraining = false;
  #isHolding = false;

  constructor(connection: Connection, aedesListener: PacketListener) {
    this.#connection = connection;
    this.#aedesListener = aedesListener;
    this.#pipeline = new PublishPipeline(connection);
  }

  receive(packet: InboundPacket): void {
    this.#connection.refreshKeepAlive();
    if (!this.#isBlocked && !this.#isDraining) {
      this.#dispatch(packet);
      return;
    }
    this.#waiting.push(packet);
    // Until CONNACK, Aedes itself pauses and resumes the client.
    if (!this.#isHolding && this.#connection.phase === 'ready') {
      this.#isHolding = true;
      this.#connection.pauseReading();
    }
  }

  /** Handles the packets that had to wait. One that blocks the queue again may unblock it before it returns. */
  unblock(): void {
    this.#isBlocked = false;
    if (this.#isDraining) return;
    this.#isDraining = true;
    let at = 0;
    while (!this.#isBlocked && at < this.#waiting.length && !this.#connection.aedes.closed) {
      const packet = this.#waiting[at++];
      if (packet !== undefined) this.#dispatch(packet);
    }
    this.#waiting.splice(0, at);
    this.#isDraining = false;
    if (this.#isHolding && this.#waiting.length === 0) {
      this.#isHolding = false;
      this.#connection.resumeReading();
    }
  }

  /** Stops the timer of the pipeline: the connection has ended. */
  end(): void {
    this.#pipeline.end();
  }

  block(): void {
    this.#isBlocked = true;
  }

  #dispatch(packet: InboundPacket): void {
    const connection = this.#connection;
    if (connection.phase === 'connecting') {
      this.#connect(packet);
      return;
    }
    switch (packet.cmd) {
      case 'publish':
        this.#publish(packet);
        return;
      case 'puback':
      case 'pubcomp':
        connection.egress.completed(packet.messageId);
        return;
      case 'pubrec':
        connection.egress.received(packet.messageId);
        return;
      case 'pubrel':
        this.#wait(this.#pipeline.releaseId(packet.messageId), () => this.#complete(packet));
        return;
      case 'subscribe':
        this.block();
        subscribe(connection, packet, () => this.unblock());
        return;
      case 'unsubscribe':
        this.#unsubscribe(packet);
        return;
      case 'pingreq':
        connection.write(pingrespFrame());
        return;
      default:
        // Aedes ends the connection for a second CONNECT [MQTT-3.1.0-2], and without its will for a DISCONNECT.
        this.#aedesListener.call(connection.aedes._parser, packet);
    }
  }

  /** Packets behind CONNECT wait for CONNACK. Any other first packet ends the connection [MQTT-3.1.0-1]. */
  #connect(packet: InboundPacket): void {
    const { aedes } = this.#connection;
    if (packet.cmd === 'connect') {
      this.block();
      this.#connection.isNameless = packet.clientId === '';
      aedes.pause();
    }
    this.#aedesListener.call(aedes._parser, packet);
  }

  #publish(packet: PublishPacket): void {
    const known = this.#pipeline.isKnown(packet);
    if (typeof known === 'boolean') this.#pipeline.receive(packet, known);
    else this.#wait(known, (isKnown) => this.#pipeline.receive(packet, isKnown));
  }

  #complete(packet: AcknowledgementPacket): void {
    this.#connection.write(acknowledgementFrame(ACKNOWLEDGEMENT.pubcomp, packet.messageId));
  }

  #unsubscribe(packet: UnsubscribePacket): void {
    const connection = this.#connection;
    const filters = [...new Set(packet.unsubscriptions)];
    const held = filters.filter((filter) => connection.subscription(filter) !== undefined);
    this.block();
    connection.aedes.unsubscribe({ unsubscriptions: filters, messageId: packet.messageId }, (error) => {
      if (error) {
        connection.fail('storeFailures', 'unsubscribe failed', error);
        return;
      }
      if (held.length > 0) connection.callHook('unsubscribed', (hooks) => hooks.unsubscribed(connection, held));
      this.unblock();
    });
  }

  #wait<Value>(work: Promise<Value> | undefined, then: (value: Value) => void): void {
    if (work === undefined) {
      then(undefined as Value);
      return;
    }
    this.block();
    work.then(
      (value) => {
        then(value);
        this.unblock();
      },
      (error) => this.#connection.fail('storeFailures', 'session store failed', error),
    );
  }
}
