import type { Qos } from '../edge-client.js';
import { LevelTrie } from './level-trie.js';

/** Which sessions hold a filter that matches a topic. */
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

  /** Whether any filter begins with this level. */
  hasUnder(level: string): boolean {
    return this.#trie.hasUnder(level);
  }

  /** Each session once, with the highest QoS among its matching filters. */
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
