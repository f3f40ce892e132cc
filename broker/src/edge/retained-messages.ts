import type { StoredPacket } from './persistence-port.js';
import { hasWildcard } from './topic-filter.js';

interface Node {
  children: Map<string, Node> | undefined;
  packet: StoredPacket | undefined;
}

/** Every retained message in memory, so that a SUBSCRIBE costs what it matches, not what there is. */
export class RetainedMessages {
  readonly #root: Node = { children: undefined, packet: undefined };
  readonly #messagesMax: number;
  readonly #bytesMax: number;
  #messages = 0;
  #bytes = 0;

  constructor(messagesMax: number, bytesMax: number) {
    this.#messagesMax = messagesMax;
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#messages;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps the packet, or forgets its topic when the payload is empty [MQTT-3.3.1-10]. False: it did not fit. */
  set(packet: StoredPacket): boolean {
    if (!this.fits(packet)) return false;
    if (packet.payload.length === 0) {
      this.#delete(packet.topic);
      return true;
    }
    const before = this.get(packet.topic);
    this.#bytes += bytesOf(packet) - (before === undefined ? 0 : bytesOf(before));
    this.#messages += before === undefined ? 1 : 0;
    this.#grow(packet.topic).packet = { ...packet };
    return true;
  }

  /** Whether `set` would keep the packet. */
  fits(packet: StoredPacket): boolean {
    if (packet.payload.length === 0) return true;
    const before = this.get(packet.topic);
    const bytes = this.#bytes - (before === undefined ? 0 : bytesOf(before)) + bytesOf(packet);
    return bytes <= this.#bytesMax && this.#messages + (before === undefined ? 1 : 0) <= this.#messagesMax;
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

  #delete(topic: string): void {
    const before = this.get(topic);
    if (before === undefined) return;
    this.#bytes -= bytesOf(before);
    this.#messages--;
    prune(this.#root, topic.split('/'), 0);
  }
}

function bytesOf(packet: StoredPacket): number {
  return packet.payload.length + Buffer.byteLength(packet.topic);
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
