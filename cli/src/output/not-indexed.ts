import type { ConfigurationView } from '@muster/api';
import { visibleText } from './visible-text.js';

const NAMED_MAX = 5;

interface Group {
  readonly named: string[];
  count: number;
}

/** Gathers why configurations of a table are not indexed: in a column it would push the conditions out of sight. */
export class NotIndexed {
  readonly #groups = new Map<string, Group>();

  /** The same ones, looked at as they pass. */
  async *passing(configurations: AsyncIterable<ConfigurationView>): AsyncGenerator<ConfigurationView, void, undefined> {
    for await (const configuration of configurations) {
      this.#note(configuration);
      yield configuration;
    }
  }

  /** For each reason whom it concerns, and below it the reason. */
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
