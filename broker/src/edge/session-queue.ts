import type { EdgeCounters } from './edge-counters.js';
import type { AedesPersistence, SessionKey, StoredPacket } from './persistence-port.js';

const PACKET_ID_MAX = 65_535;

/** The stored messages of every session, each session's capped; what does not fit is dropped and counted. */
export class SessionQueue {
  readonly #inner: AedesPersistence;
  readonly #messagesMax: number;
  readonly #counters: EdgeCounters;
  /** Messages at rest by client id; counted in the store at first use, a promise until then. */
  readonly #lengths = new Map<string, number | Promise<void>>();

  constructor(inner: AedesPersistence, messagesMax: number, counters: EdgeCounters) {
    this.#inner = inner;
    this.#messagesMax = messagesMax;
    this.#counters = counters;
  }

  async enqueue(subscriptions: readonly { clientId: string }[], packet: StoredPacket): Promise<void> {
    for (const { clientId } of subscriptions) {
      if (typeof this.#lengths.get(clientId) !== 'number') await this.#count(clientId);
    }
    const admitted = subscriptions.filter(({ clientId }) => this.#admit(clientId));
    this.#counters.queuedMessagesDropped += subscriptions.length - admitted.length;
    if (admitted.length === 0) return;
    try {
      await this.#inner.outgoingEnqueueCombi(admitted, packet);
    } catch (error) {
      for (const { clientId } of admitted) this.#shrink(clientId);
      throw error;
    }
  }

  /** A packet without an id is no particular message, and nothing is cleared for it. */
  async clear(client: SessionKey, packet: { messageId?: number }): Promise<unknown> {
    if (packet.messageId === undefined) return undefined;
    const cleared = await this.#inner.outgoingClearMessageId(client, packet);
    if (cleared !== undefined && cleared !== null) this.#shrink(client.id);
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
    this.#lengths.delete(client.id);
  }

  #count(clientId: string): Promise<void> {
    const known = this.#lengths.get(clientId);
    if (typeof known === 'object') return known;
    const counting = this.#length(clientId).then(
      (length) => {
        this.#lengths.set(clientId, length);
      },
      (error) => {
        this.#lengths.delete(clientId);
        throw error;
      },
    );
    this.#lengths.set(clientId, counting);
    return counting;
  }

  async #length(clientId: string): Promise<number> {
    let length = 0;
    for await (const _ of this.#inner.outgoingStream({ id: clientId })) length++;
    return length;
  }

  #admit(clientId: string): boolean {
    const length = this.#lengths.get(clientId);
    if (typeof length === 'number' && length >= this.#messagesMax) return false;
    this.#lengths.set(clientId, (typeof length === 'number' ? length : 0) + 1);
    return true;
  }

  #shrink(clientId: string): void {
    const length = this.#lengths.get(clientId);
    if (typeof length === 'number') this.#lengths.set(clientId, Math.max(0, length - 1));
  }
}
