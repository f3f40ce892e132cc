import type { Actor } from '../record/actor.js';
import { type ConfigurationEntry, type ConfigurationRecord, isStored } from '../record/configuration-record.js';
import { onceDurable } from '../store/once-durable.js';
import type { Committed, Decision, Store } from '../store/store.js';
import { withActor } from '../store/with-actor.js';
import type { ConfigurationLimit } from './configuration-limit.js';

interface WrittenPair {
  readonly before: ConfigurationRecord | undefined;
  readonly after: ConfigurationRecord | undefined;
}

/** Commits decisions on configurations, one at a time, because the limit counts decided writes. */
export class ConfigurationWriter {
  readonly #store: Store;
  readonly #limit: ConfigurationLimit | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: Store, limit: ConfigurationLimit | undefined) {
    this.#store = store;
    this.#limit = limit;
  }

  /** Resolves when the commit is on disk. */
  async update<Result>(
    actor: Actor,
    id: string,
    decide: (current: ConfigurationEntry | undefined) => Decision<'configuration', Result>,
  ): Promise<Result> {
    const decided = this.#turn.then(() => this.#decide(actor, id, decide));
    this.#turn = decided.catch(() => {});
    return onceDurable(await decided);
  }

  async #decide<Result>(
    actor: Actor,
    id: string,
    decide: (current: ConfigurationEntry | undefined) => Decision<'configuration', Result>,
  ): Promise<Committed<Result>> {
    const committed = await this.#store.update('configuration', id, (current) => {
      const decision = withActor(actor, id, decide(current));
      const written = decision.entry && { before: ifStored(current), after: ifStored(decision.entry) };
      return { ...decision, result: { result: decision.result, written } };
    });
    const { result, written } = committed.result;
    if (written) this.#count(written, committed.durable);
    return { result, durable: committed.durable };
  }

  /** Counts a write, and counts it back if it fails to reach the disk. */
  #count({ before, after }: WrittenPair, durable: Promise<void>): void {
    this.#limit?.count(before, after);
    durable.catch(() => this.#limit?.count(after, before));
  }
}

function ifStored(entry: ConfigurationEntry | undefined): ConfigurationRecord | undefined {
  return isStored(entry) ? entry : undefined;
}
