import { messageBytes } from './message-bytes.js';
import type { StoredPacket } from './persistence-port.js';
import { type Amount, type RetainedLimits, RetainedShares } from './retained-shares.js';
import { hasWildcard } from './topic-filter.js';

interface Node {
  children: Map<string, Node> | undefined;
  packet: StoredPacket | undefined;
}

/** Every retained message in memory, so that a SUBSCRIBE costs what it matches, not what there is. */
export class RetainedMessages {
  readonly #root: Node = { children: undefined, packet: undefined };
  readonly #shares: RetainedShares;
  #messages = 0;
  #bytes = 0;

  constructor(limits: RetainedLimits) {
    this.#shares = new RetainedShares(limits);
  }

  get size(): number {
    return this.#messages;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps the packet, or forgets its topic when the payload is empty [MQTT-3.3.1-10]. */
  set(packet: StoredPacket): void {
    const growth = this.#growth(packet);
    this.#messages += growth.messages;
    this.#bytes += growth.bytes;
    this.#shares.add(packet.topic, growth);
    if (packet.payload.length === 0) prune(this.#root, packet.topic.split('/'), 0);
    else this.#grow(packet.topic).packet = { ...packet };
  }

  /** Takes room for a packet of a client until the answer is called; undefined: it does not fit. */
  reserve(packet: StoredPacket): (() => void) | undefined {
    const { topic } = packet;
    const { messages, bytes } = this.#growth(packet);
    if (!this.#shares.fits(topic, { messages, bytes })) return undefined;
    const reserved = { messages: Math.max(0, messages), bytes: Math.max(0, bytes) };
    this.#shares.add(topic, reserved);
    return () => this.#shares.add(topic, { messages: -reserved.messages, bytes: -reserved.bytes });
  }

  get(topic: string): StoredPacket | undefined {
    let node: Node | undefined = this.#root;
    for (const level of topic.split('/')) node = node?.children?.get(level);
    return node?.packet;
  }

  match(filter: string): StoredPacket[] {
    const found: StoredPacket[] = [];
    if (hasWildcard(filter)) collect(this.#root, filter.split('/'), 0, found);
    else {
      const packet = this.get(filter);
      if (packet !== undefined) found.push(packet);
    }
    return found;
  }

  #grow(topic: string): Node {
    let node = this.#root;
    for (const level of topic.split('/')) {
      node.children ??= new Map();
      let child = node.children.get(level);
      if (child === undefined) {
        child = { children: undefined, packet: undefined };
        node.children.set(level, child);
      }
      node = child;
    }
    return node;
  }

  /** What `set` would add. */
  #growth(packet: StoredPacket): Amount {
    const before = this.get(packet.topic);
    const isKept = packet.payload.length > 0;
    return {
      messages: (isKept ? 1 : 0) - (before === undefined ? 0 : 1),
      bytes: (isKept ? messageBytes(packet) : 0) - (before === undefined ? 0 : messageBytes(before)),
    };
  }
}

function prune(node: Node, levels: readonly string[], depth: number): void {
  const level = levels[depth];
  if (level === undefined) {
    node.packet = undefined;
    return;
  }
  const child = node.children?.get(level);
  if (child === undefined) return;
  prune(child, levels, depth + 1);
  if (child.packet === undefined && child.children === undefined) node.children?.delete(level);
  if (node.children?.size === 0) node.children = undefined;
}

function collect(node: Node, levels: readonly string[], depth: number, found: StoredPacket[]): void {
  const level = levels[depth];
  if (level === undefined) {
    if (node.packet !== undefined) found.push(node.packet);
    return;
  }
  if (level === '#') {
    collectAll(node, depth === 0, found);
    return;
  }
  if (level !== '+') {
    const child = node.children?.get(level);
    if (child !== undefined) collect(child, levels, depth + 1, found);
    return;
  }
  for (const [name, child] of node.children ?? []) {
    if (depth > 0 || !name.startsWith('$')) collect(child, levels, depth + 1, found);
  }
}

/** `a/#` matches `a` too; a leading `#` does not match what begins with `$` [MQTT-4.7.2-1]. */
function collectAll(node: Node, isRoot: boolean, found: StoredPacket[]): void {
  if (node.packet !== undefined) found.push(node.packet);
  for (const [name, child] of node.children ?? []) {
    if (!isRoot || !name.startsWith('$')) collectAll(child, false, found);
  }
}
