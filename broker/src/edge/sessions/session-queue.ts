import type { EdgeCounters } from '../edge-counters.js';
import type { EdgeLimits } from '../edge-limits.js';
import { messageBytes } from './message-bytes.js';
import type { AedesPersistence, SessionKey, StoredPacket, StoredRelease } from './persistence-port.js';

const PACKET_ID_MAX = 65_535;

interface QueueSize {
  messages: number;
  bytes: number;
  /** Sizes of sent QoS 2 messages by packet id; the PUBREL that replaces a message does not carry its size. */
  readonly sentBytes: Map<number, number>;
}

/**
 * The queues of all sessions, each capped by number and by bytes. Messages that do not fit are dropped and counted.
 * A queue is measured in the store before its first change, so that the caps hold across restarts.
 */
export class SessionQueue {
  readonly #inner: AedesPersistence;
  readonly #limits: EdgeLimits;
  readonly #counters: EdgeCounters;
  readonly #sizes = new Map<string, QueueSize>();
  readonly #counting = new Map<string, Promise<QueueSize>>();

  constructor(inner: AedesPersistence, limits: EdgeLimits, counters: EdgeCounters) {
    this.#inner = inner;
    this.#limits = limits;
    this.#counters = counters;
  }

  async enqueue(subscriptions: readonly { clientId: string }[], packet: StoredPacket): Promise<void> {
    for (const { clientId } of subscriptions) {
      if (!this.#sizes.has(clientId)) await this.#count(clientId);
    }
    const bytes = messageBytes(packet);
    const admitted = subscriptions.filter(({ clientId }) => this.#admit(clientId, bytes));
    this.#counters.queuedMessagesDropped += subscriptions.length - admitted.length;
    if (admitted.length === 0) return;
    try {
      await this.#inner.outgoingEnqueueCombi(admitted, packet);
    } catch (error) {
      for (const { clientId } of admitted) this.#release(clientId, bytes);
      throw error;
    }
  }

  /** Stores that a message was sent under an id, or that PUBREC came for it. */
  async update(client: SessionKey, packet: StoredPacket | StoredRelease): Promise<void> {
    const size = this.#sizes.get(client.id) ?? (await this.#count(client.id));
    await this.#inner.outgoingUpdate(client, packet);
    noteSent(size, packet);
  }

  /** Removes the message that was sent under the packet id. Without an id there is nothing to remove. */
  async clear(client: SessionKey, messageId: number | undefined): Promise<unknown> {
    if (messageId === undefined) return undefined;
    const size = this.#sizes.get(client.id) ?? (await this.#count(client.id));
    const cleared = (await this.#inner.outgoingClearMessageId(client, { messageId })) as
      | StoredPacket
      | StoredRelease
      | undefined;
    if (!cleared) return cleared;
    size.messages--;
    if (cleared.cmd === 'publish') size.bytes -= messageBytes(cleared);
    size.sentBytes.delete(messageId);
    return cleared;
  }

  async sentIds(client: SessionKey): Promise<number[]> {
    const ids: number[] = [];
    for await (const stored of this.#inner.outgoingStream(client)) {
      if (stored.messageId) ids.push(stored.messageId);
    }
    return ids;
  }

  async purge(client: SessionKey): Promise<void> {
    const used = new Set(await this.sentIds(client));
    let free = PACKET_ID_MAX;
    const stored: (StoredPacket | { cmd: 'pubrel'; messageId: number })[] = [];
    for await (const packet of this.#inner.outgoingStream(client)) stored.push(packet);
    for (const packet of stored) {
      if (packet.cmd === 'publish' && !packet.messageId) {
        // Only a message with an id can be cleared, so one that was never sent gets an id first.
        while (used.has(free)) free--;
        await this.#inner.outgoingUpdate(client, { ...packet, messageId: free });
        await this.#inner.outgoingClearMessageId(client, { messageId: free });
      } else await this.#inner.outgoingClearMessageId(client, { messageId: packet.messageId ?? 0 });
    }
    this.#sizes.delete(client.id);
    this.#counting.delete(client.id);
  }

  #count(clientId: string): Promise<QueueSize> {
    const known = this.#counting.get(clientId);
    if (known !== undefined) return known;
    const counting = this.#read(clientId)
      .then((size) => {
        // Discard the count if the session was purged while it was being read.
        if (this.#counting.get(clientId) === counting) this.#sizes.set(clientId, size);
        return size;
      })
      .finally(() => {
        if (this.#counting.get(clientId) === counting) this.#counting.delete(clientId);
      });
    this.#counting.set(clientId, counting);
    return counting;
  }

  async #read(clientId: string): Promise<QueueSize> {
    const size = emptySize();
    for await (const stored of this.#inner.outgoingStream({ id: clientId })) {
      size.messages++;
      if (stored.cmd === 'publish') size.bytes += messageBytes(stored);
      noteSent(size, stored);
    }
    return size;
  }

  #admit(clientId: string, bytes: number): boolean {
    const size = this.#sizes.get(clientId) ?? emptySize();
    const { offlineQueueMessagesMax, offlineQueueBytesMax } = this.#limits;
    if (size.messages >= offlineQueueMessagesMax || size.bytes + bytes > offlineQueueBytesMax) return false;
    size.messages++;
    size.bytes += bytes;
    this.#sizes.set(clientId, size);
    return true;
  }

  #release(clientId: string, bytes: number): void {
    const size = this.#sizes.get(clientId);
    if (size === undefined) return;
    size.messages--;
    size.bytes -= bytes;
  }
}

function emptySize(): QueueSize {
  return { messages: 0, bytes: 0, sentBytes: new Map() };
}

/** Notes the size of a QoS 2 message that was sent, or frees it when its PUBREL is stored. */
function noteSent(size: QueueSize, stored: StoredPacket | StoredRelease): void {
  if (stored.cmd === 'publish') {
    if (stored.qos === 2 && stored.messageId) size.sentBytes.set(stored.messageId, messageBytes(stored));
    return;
  }
  size.bytes -= size.sentBytes.get(stored.messageId) ?? 0;
  size.sentBytes.delete(stored.messageId);
}
