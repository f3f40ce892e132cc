import { LevelTrie } from './level-trie.js';
import { messageBytes } from './message-bytes.js';
import type { StoredPacket } from './persistence-port.js';
import { type RetainedLimits, RetainedQuota, type RetainedSize } from './retained-quota.js';

/** Every retained message, in memory: the cost of a SUBSCRIBE depends on its matches, not on the number of messages. */
export class RetainedMessages {
  readonly #trie = new LevelTrie<StoredPacket>();
  readonly #quota: RetainedQuota;

  constructor(limits: RetainedLimits) {
    this.#quota = new RetainedQuota(limits);
  }

  /** Retains the packet, or removes that of its topic if the payload is empty [MQTT-3.3.1-10]. */
  set(packet: StoredPacket): void {
    this.#quota.add(packet.topic, this.#growth(packet));
    if (packet.payload.length === 0) this.#trie.delete(packet.topic);
    else this.#trie.set(packet.topic, { ...packet });
  }

  /** Reserves room for a packet of a client until the returned function is called; undefined if it does not fit. */
  reserve(packet: StoredPacket): (() => void) | undefined {
    const { topic } = packet;
    const { messages, bytes } = this.#growth(packet);
    if (!this.#quota.fits(topic, { messages, bytes })) return undefined;
    const reserved = { messages: Math.max(0, messages), bytes: Math.max(0, bytes) };
    this.#quota.add(topic, reserved);
    return () => this.#quota.add(topic, { messages: -reserved.messages, bytes: -reserved.bytes });
  }

  get(topic: string): StoredPacket | undefined {
    return this.#trie.get(topic);
  }

  match(filter: string): StoredPacket[] {
    return this.#trie.matchFilter(filter);
  }

  /** Returns the change of the sizes that `set` would cause. */
  #growth(packet: StoredPacket): RetainedSize {
    const before = this.get(packet.topic);
    const isKept = packet.payload.length > 0;
    return {
      messages: (isKept ? 1 : 0) - (before === undefined ? 0 : 1),
      bytes: (isKept ? messageBytes(packet) : 0) - (before === undefined ? 0 : messageBytes(before)),
    };
  }
}
