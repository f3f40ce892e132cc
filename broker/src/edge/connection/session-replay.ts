import type { SendOutcome } from '../edge-client.js';
import { lowerQos } from '../packets/lower-qos.js';
import type { PacketIds } from '../packets/packet-ids.js';
import { ACKNOWLEDGEMENT, acknowledgementFrame, publishFrame } from '../packets/raw-frame.js';
import type { StoredPacket, StoredRelease } from '../sessions/persistence-port.js';
import type { Connection } from './connection.js';

/**
 * The owner of a packet id in flight: the callback of a raw send, a `message` that no session stores, or a stored one.
 * A stored message was sent on this connection (`stored`) or on an earlier one (`resend`), or is acknowledged and about
 * to be cleared (`acknowledged`).
 */
export type IdOwner = ((outcome: SendOutcome) => void) | 'message' | 'stored' | 'resend' | 'acknowledged';

/**
 * Sends the stored messages of a persistent session in order, a window at a time. The store is the truth: each pass
 * reads it from the front and skips the messages in flight.
 */
export class SessionReplay {
  readonly #connection: Connection;
  readonly #ids: PacketIds<IdOwner>;
  #inFlight = 0;
  #isWanted = false;
  #isRunning = false;
  #isWaitingForDrain = false;
  /** Ids that were cleared during a pass, which may still reach their messages. */
  #cleared: number[] = [];

  constructor(connection: Connection, ids: PacketIds<IdOwner>) {
    this.#connection = connection;
    this.#ids = ids;
  }

  /** Starts a pass: there may be messages to send. */
  wake(): void {
    this.#isWanted = true;
    if (!this.#isRunning && this.#canSend()) void this.#run();
  }

  /** Takes a PUBACK or PUBCOMP. The id stays in use until the store has cleared it and no pass can still read it. */
  clear(id: number): void {
    this.#ids.hold(id, 'acknowledged');
    this.#connection.context.sessions.clear(this.#connection, id).then(
      () => {
        if (this.#isRunning) this.#cleared.push(id);
        else this.#ids.release(id);
        this.#inFlight--;
        if (this.#isWanted) this.wake();
      },
      (error) => this.#fail(error),
    );
  }

  /** Takes a PUBREC of a stored message. */
  received(id: number): void {
    const release: StoredRelease = { cmd: 'pubrel', messageId: id };
    this.#connection.context.sessions.update(this.#connection, release).then(
      () => this.#connection.write(acknowledgementFrame(ACKNOWLEDGEMENT.pubrel, id)),
      (error) => this.#fail(error),
    );
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (this.#isWanted && this.#canSend()) {
        this.#isWanted = false;
        await this.#pass();
        for (const id of this.#cleared.splice(0)) this.#ids.release(id);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isRunning = false;
    }
  }

  async #pass(): Promise<void> {
    for await (const stored of this.#connection.context.sessions.queued(this.#connection)) {
      if (!this.#canSend()) {
        // An acknowledgement or the drained socket starts the next pass.
        this.#isWanted = true;
        return;
      }
      if (stored.cmd === 'pubrel') this.#release(stored);
      else await this.#send(stored);
    }
  }

  #canSend(): boolean {
    const { aedes, context, isOpen } = this.#connection;
    if (!isOpen || this.#inFlight >= context.limits.sessionWindowMessagesMax) return false;
    if (!aedes.conn.writableNeedDrain) return true;
    if (!this.#isWaitingForDrain) {
      this.#isWaitingForDrain = true;
      aedes.conn.once('drain', () => {
        this.#isWaitingForDrain = false;
        if (this.#isWanted) this.wake();
      });
    }
    return false;
  }

  #release(stored: StoredRelease): void {
    if (this.#isInFlight(stored.messageId)) return;
    this.#hold(stored.messageId);
    this.#connection.write(acknowledgementFrame(ACKNOWLEDGEMENT.pubrel, stored.messageId));
  }

  /** A message that was sent on an earlier connection keeps its id and has DUP [MQTT-3.3.1-1] [MQTT-4.4.0-1]. */
  async #send(stored: StoredPacket): Promise<void> {
    const sentId = stored.messageId ?? undefined;
    if (sentId !== undefined) {
      if (this.#isInFlight(sentId)) return;
      this.#hold(sentId);
      await this.#write(stored, sentId, true);
      return;
    }
    const id = this.#ids.take('stored');
    if (id === undefined) {
      this.#connection.close('every packet id waits for an acknowledgement');
      return;
    }
    this.#inFlight++;
    await this.#connection.context.sessions.update(this.#connection, { ...stored, messageId: id });
    await this.#write(stored, id, false);
  }

  async #write(stored: StoredPacket, id: number, dup: boolean): Promise<void> {
    const connection = this.#connection;
    // The subscription may have ended while the message was queued: then its QoS stays.
    const qos = lowerQos(stored.qos, connection.grantedQos(stored.topic) ?? stored.qos);
    const may = connection.context.hooks.mayReceive(connection.principal, stored.topic);
    if (may)
      connection.write(publishFrame(stored.topic, stored.payload, { qos, retain: false, dup: dup && qos > 0 }, id));
    if (may && qos > 0) return;
    await connection.context.sessions.clear(connection, id);
    this.#ids.release(id);
    this.#inFlight--;
  }

  #isInFlight(id: number): boolean {
    const holder = this.#ids.get(id);
    return holder === 'stored' || holder === 'acknowledged';
  }

  #hold(id: number): void {
    this.#ids.hold(id, 'stored');
    this.#inFlight++;
  }

  #fail(error: unknown): void {
    if (!this.#connection.isOpen) return;
    this.#connection.fail('storeFailures', 'session store failed', error);
  }
}
