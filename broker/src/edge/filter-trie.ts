import type { Qos } from './edge-client.js';

interface Node {
  children: Map<string, Node> | undefined;
  holders: Map<string, Qos> | undefined;
}

/** Which sessions hold a filter that matches a topic. Empty levels count as levels [MQTT-4.7.1-3]. */
export class FilterTrie {
  readonly #root: Node = emptyNode();

  add(filter: string, holder: string, qos: Qos): void {
    let node = this.#root;
    for (const level of filter.split('/')) node = childOf(node, level);
    node.holders ??= new Map();
    node.holders.set(holder, qos);
  }

  remove(filter: string, holder: string): void {
    removeFrom(this.#root, filter.split('/'), 0, holder);
  }

  /** Whether any filter begins with this level. */
  hasUnder(level: string): boolean {
    return this.#root.children?.has(level) ?? false;
  }

  /** Each holder once, with the highest QoS among its matching filters. */
  match(topic: string): Map<string, Qos> {
    const found = new Map<string, Qos>();
    const levels = topic.split('/');
    // A leading wildcard never matches a topic that begins with $ [MQTT-4.7.2-1].
    if (topic.startsWith('$')) {
      const first = this.#root.children?.get(levels[0] ?? '');
      if (first !== undefined) collect(first, levels, 1, found);
    } else collect(this.#root, levels, 0, found);
    return found;
  }
}

function emptyNode(): Node {
  return { children: undefined, holders: undefined };
}

function childOf(node: Node, level: string): Node {
  node.children ??= new Map();
  let child = node.children.get(level);
  if (child === undefined) {
    child = emptyNode();
    node.children.set(level, child);
  }
  return child;
}

function removeFrom(node: Node, levels: readonly string[], depth: number, holder: string): void {
  const level = levels[depth];
  if (level === undefined) {
    node.holders?.delete(holder);
    if (node.holders?.size === 0) node.holders = undefined;
    return;
  }
  const child = node.children?.get(level);
  if (child === undefined) return;
  removeFrom(child, levels, depth + 1, holder);
  if (child.holders === undefined && child.children === undefined) node.children?.delete(level);
  if (node.children?.size === 0) node.children = undefined;
}

function collect(node: Node, levels: readonly string[], depth: number, found: Map<string, Qos>): void {
  addAll(node.children?.get('#'), found);
  const level = levels[depth];
  if (level === undefined) {
    addAll(node, found);
    return;
  }
  const exact = node.children?.get(level);
  if (exact !== undefined) collect(exact, levels, depth + 1, found);
  const any = node.children?.get('+');
  if (any !== undefined) collect(any, levels, depth + 1, found);
}

function addAll(node: Node | undefined, found: Map<string, Qos>): void {
  if (node?.holders === undefined) return;
  for (const [holder, qos] of node.holders) {
    const known = found.get(holder);
    if (known === undefined || known < qos) found.set(holder, qos);
  }
}
