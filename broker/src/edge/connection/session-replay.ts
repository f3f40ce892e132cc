import type { SendOutcome } from '../edge-client.js';
import { lowerQos } from '../packets/lower-qos.js';
import type { PacketIds } from '../packets/packet-ids.js';
import { ACKNOWLEDGEMENT, acknowledgementFrame, publishFrame } from '../packets/raw-frame.js';
import type { StoredPacket, StoredRelease } from '../sessions/persistence-port.js';
import type { Connection } from './connection.js';

/**
 * What a packet id in flight belongs to: a raw send, a message of no session, or a stored one that was sent on this
 * connection (`stored`), on an earlier one (`resend`), or is acknowledged and about to be forgotten (`acknowledged`).
 */
export type IdOwner = ((outcome: SendOutcome) => void) | 'message' | 'stored' | 'resend' | 'acknowledged';

/**
 * Sends the stored messages of a persistent session in their order, a window at a time. The store is the truth:
 * each pass reads it from the front and skips what is under way.
 */
export class SessionReplay {
  readonly #connection: Connection;
  readonly #ids: PacketIds<IdOwner>;
  #inFlight = 0;
  #isWanted = false;
  #isRunning = false;
  #isWaitingForDrain = false;
  /** Ids that the store forgot while a pass was reading: it may still come to their messages. */
  #cleared: number[] = [];

  constructor(connection: Connection, ids: PacketIds<IdOwner>) {
    this.#connection = connection;
    this.#ids = ids;
  }

  /** There may be something to send. */
  wake(): void {
    this.#isWanted = true;
    if (!this.#isRunning && this.#canSend()) void this.#run();
  }

  /** PUBACK or PUBCOMP of a stored message. Its id stays in use until the store has forgotten it, and every reader. */
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

  /** PUBREC of a stored message. */
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
        // An acknowledgement or the drained socket goes on from here.
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

  /** A message that was sent on an earlier connection goes out again under its id, with DUP [MQTT-3.3.1-1] [MQTT-4.4.0-1]. */
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
    // A message of a subscription that ended while it was queued keeps its QoS.
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
