import type { Qos } from '../edge-client.js';
import { LevelTrie } from './level-trie.js';

/** Finds the sessions that hold a filter matching a topic. */
export class FilterTrie {
  readonly #trie = new LevelTrie<Map<string, Qos>>();

  add(filter: string, session: string, qos: Qos): void {
    const holders = this.#trie.get(filter);
    if (holders === undefined) this.#trie.set(filter, new Map([[session, qos]]));
    else holders.set(session, qos);
  }

  remove(filter: string, session: string): void {
    const holders = this.#trie.get(filter);
    if (holders?.delete(session) && holders.size === 0) this.#trie.delete(filter);
  }

  /** Reports whether any filter begins with this level. */
  hasUnder(level: string): boolean {
    return this.#trie.hasUnder(level);
  }

  /** Returns each session with a matching filter, and the highest QoS of its matching filters. */
  match(topic: string): Map<string, Qos> {
    const found = new Map<string, Qos>();
    for (const holders of this.#trie.matchTopic(topic)) {
      for (const [session, qos] of holders) {
        const known = found.get(session);
        if (known === undefined || known < qos) found.set(session, qos);
      }
    }
    return found;
  }
}
