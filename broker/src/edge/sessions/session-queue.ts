import type { EdgeCounters } from '../edge-counters.js';
import type { EdgeLimits } from '../edge-limits.js';
import { messageBytes } from './message-bytes.js';
import type { AedesPersistence, SessionKey, StoredPacket, StoredRelease } from './persistence-port.js';

const PACKET_ID_MAX = 65_535;

interface QueueSize {
  messages: number;
  bytes: number;
  /** Of QoS 2 messages that were sent, by packet id: the release that takes the place of one does not tell. */
  readonly sentBytes: Map<number, number>;
}

/**
 * The stored messages of every session, each session's capped by number and by bytes; what does not fit is dropped
 * and counted. What a session holds is counted in the store before the first change to it, so that a restart
 * forgets nothing.
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

  /** The message was sent under an id, or PUBREC came for it. */
  async update(client: SessionKey, packet: StoredPacket | StoredRelease): Promise<void> {
    const tally = this.#sizes.get(client.id) ?? (await this.#count(client.id));
    await this.#inner.outgoingUpdate(client, packet);
    noteSent(tally, packet);
  }

  /** Without a packet id there is nothing to clear. */
  async clear(client: SessionKey, messageId: number | undefined): Promise<unknown> {
    if (messageId === undefined) return undefined;
    const tally = this.#sizes.get(client.id) ?? (await this.#count(client.id));
    const cleared = (await this.#inner.outgoingClearMessageId(client, { messageId })) as
      | StoredPacket
      | StoredRelease
      | undefined;
    if (!cleared) return cleared;
    tally.messages--;
    if (cleared.cmd === 'publish') tally.bytes -= messageBytes(cleared);
    tally.sentBytes.delete(messageId);
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
        // A message is cleared by its id alone, so one that was never sent gets an id first.
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
      .then((tally) => {
        // What was forgotten meanwhile begins anew.
        if (this.#counting.get(clientId) === counting) this.#sizes.set(clientId, tally);
        return tally;
      })
      .finally(() => {
        if (this.#counting.get(clientId) === counting) this.#counting.delete(clientId);
      });
    this.#counting.set(clientId, counting);
    return counting;
  }

  async #read(clientId: string): Promise<QueueSize> {
    const tally = emptySize();
    for await (const stored of this.#inner.outgoingStream({ id: clientId })) {
      tally.messages++;
      if (stored.cmd === 'publish') tally.bytes += messageBytes(stored);
      noteSent(tally, stored);
    }
    return tally;
  }

  #admit(clientId: string, bytes: number): boolean {
    const tally = this.#sizes.get(clientId) ?? emptySize();
    const { offlineQueueMessagesMax, offlineQueueBytesMax } = this.#limits;
    if (tally.messages >= offlineQueueMessagesMax || tally.bytes + bytes > offlineQueueBytesMax) return false;
    tally.messages++;
    tally.bytes += bytes;
    this.#sizes.set(clientId, tally);
    return true;
  }

  #release(clientId: string, bytes: number): void {
    const tally = this.#sizes.get(clientId);
    if (tally === undefined) return;
    tally.messages--;
    tally.bytes -= bytes;
  }
}

function emptySize(): QueueSize {
  return { messages: 0, bytes: 0, sentBytes: new Map() };
}

/** A QoS 2 message was sent, or only its release is left of it. */
function noteSent(tally: QueueSize, stored: StoredPacket | StoredRelease): void {
  if (stored.cmd === 'publish') {
    if (stored.qos === 2 && stored.messageId) tally.sentBytes.set(stored.messageId, messageBytes(stored));
    return;
  }
  tally.bytes -= tally.sentBytes.get(stored.messageId) ?? 0;
  tally.sentBytes.delete(stored.messageId);
}
