import type { ConfigurationView } from '@muster/api';
import { visibleText } from '../text/visible-text.js';

const NAMED_MAX = 5;

interface Group {
  readonly named: string[];
  count: number;
}

/** Collects the reasons why configurations are not indexed. They are too long for a column of the table. */
export class NotIndexedReasons {
  readonly #groups = new Map<string, Group>();

  /** Yields the configurations unchanged and notes their reasons. */
  async *collect(configurations: AsyncIterable<ConfigurationView>): AsyncGenerator<ConfigurationView, void, undefined> {
    for await (const configuration of configurations) {
      this.#note(configuration);
      yield configuration;
    }
  }

  /** Returns the ids for each reason, and the reason below them. */
  lines(): string[] {
    return [...this.#groups].flatMap(([reason, { named, count }]) => {
      const more = count > named.length ? ` and ${count - named.length} more` : '';
      return [`not indexed: ${named.join(', ')}${more}`, `  ${reason}`];
    });
  }

  #note(configuration: ConfigurationView): void {
    if (configuration.indexable) return;
    const reason = visibleText(configuration.notIndexableBecause ?? '');
    const group = this.#groups.get(reason) ?? { named: [], count: 0 };
    this.#groups.set(reason, group);
    group.count += 1;
    if (group.named.length < NAMED_MAX) group.named.push(visibleText(configuration.id));
  }
}
