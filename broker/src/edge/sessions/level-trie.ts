interface Node<Value> {
  children: Map<string, Node<Value>> | undefined;
  value: Value | undefined;
}

/** Values by topic or topic filter, one node a level. Empty levels count as levels [MQTT-4.7.1-3]. */
export class LevelTrie<Value> {
  readonly #root: Node<Value> = emptyNode();

  get(path: string): Value | undefined {
    let node: Node<Value> | undefined = this.#root;
    for (const level of path.split('/')) node = node?.children?.get(level);
    return node?.value;
  }

  set(path: string, value: Value): void {
    let node = this.#root;
    for (const level of path.split('/')) node = childOf(node, level);
    node.value = value;
  }

  delete(path: string): void {
    prune(this.#root, path.split('/'), 0);
  }

  /** Reports whether any path begins with this level. */
  hasUnder(level: string): boolean {
    return this.#root.children?.has(level) ?? false;
  }

  /** Returns the values of the filters that match a topic. A leading wildcard does not match a `$` [MQTT-4.7.2-1]. */
  matchTopic(topic: string): Value[] {
    const found: Value[] = [];
    const levels = topic.split('/');
    if (topic.startsWith('$')) {
      const first = this.#root.children?.get(levels[0] ?? '');
      if (first !== undefined) collectFilters(first, levels, 1, found);
    } else collectFilters(this.#root, levels, 0, found);
    return found;
  }

  /** Returns the values of the topics that a filter matches. Visits only topics that it can match. */
  matchFilter(filter: string): Value[] {
    const found: Value[] = [];
    collectTopics(this.#root, filter.split('/'), 0, found);
    return found;
  }
}

function emptyNode<Value>(): Node<Value> {
  return { children: undefined, value: undefined };
}

function childOf<Value>(node: Node<Value>, level: string): Node<Value> {
  node.children ??= new Map();
  let child = node.children.get(level);
  if (child === undefined) {
    child = emptyNode();
    node.children.set(level, child);
  }
  return child;
}

/** Removes the value at the path, and the nodes that this leaves empty. */
function prune<Value>(node: Node<Value>, levels: readonly string[], depth: number): void {
  const level = levels[depth];
  if (level === undefined) {
    node.value = undefined;
    return;
  }
  const child = node.children?.get(level);
  if (child === undefined) return;
  prune(child, levels, depth + 1);
  if (child.value === undefined && child.children === undefined) node.children?.delete(level);
  if (node.children?.size === 0) node.children = undefined;
}

function collectFilters<Value>(node: Node<Value>, levels: readonly string[], depth: number, found: Value[]): void {
  add(node.children?.get('#'), found);
  const level = levels[depth];
  if (level === undefined) {
    add(node, found);
    return;
  }
  const exact = node.children?.get(level);
  if (exact !== undefined) collectFilters(exact, levels, depth + 1, found);
  const any = node.children?.get('+');
  if (any !== undefined) collectFilters(any, levels, depth + 1, found);
}

function collectTopics<Value>(node: Node<Value>, levels: readonly string[], depth: number, found: Value[]): void {
  const level = levels[depth];
  if (level === undefined) add(node, found);
  else if (level === '#') collectBelow(node, depth, found);
  else if (level === '+') {
    for (const [name, child] of node.children ?? []) {
      if (mayMatch(name, depth)) collectTopics(child, levels, depth + 1, found);
    }
  } else {
    const child = node.children?.get(level);
    if (child !== undefined) collectTopics(child, levels, depth + 1, found);
  }
}

/** Collects the node too: `a/#` matches `a`. */
function collectBelow<Value>(node: Node<Value>, depth: number, found: Value[]): void {
  add(node, found);
  for (const [name, child] of node.children ?? []) {
    if (mayMatch(name, depth)) collectBelow(child, depth + 1, found);
  }
}

/** A leading wildcard does not match a topic that begins with `$` [MQTT-4.7.2-1]. */
function mayMatch(name: string, depth: number): boolean {
  return depth > 0 || !name.startsWith('$');
}

function add<Value>(node: Node<Value> | undefined, found: Value[]): void {
  if (node?.value !== undefined) found.push(node.value);
}
