import { type ConfigurationInput, ConfigurationSchema, validate } from '@muster/api';
import { type Clock, checkId, type JsonObject, TwinError } from '@muster/twin';
import { NO_PRECONDITION, type Precondition } from '../input/revision.js';
import { type Actor, nameOfActor } from '../record/actor.js';
import { type ConfigurationEntry, type ConfigurationRecord, isStored } from '../record/configuration-record.js';
import type { RolloutAction } from '../rollout/rollout-action.js';
import type { RolloutOutcome } from '../rollout/rollout-outcome.js';
import type { RolloutRules } from '../rollout/rollout-rules.js';
import { entriesOf } from '../store/pages-of.js';
import type { Awaitable, Decision, Store } from '../store/store.js';
import { actOnRollout, afterAction } from './act-on-rollout.js';
import { advanceRollout, type ConfigurationVersion } from './advance-rollout.js';
import type { ConfigurationLimit } from './configuration-limit.js';
import { ConfigurationWriter } from './configuration-writer.js';
import { noteOscillation, type Oscillation } from './note-oscillation.js';
import { checkConfiguration, type PutConfiguration, type PutContext, putConfiguration } from './put-configuration.js';
import { removeConfiguration } from './remove-configuration.js';

export interface ConfigurationsParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Throws `bad-condition` for a text that is not a target condition. */
  readonly checkCondition: (text: string) => void;
  readonly configurationLimit?: ConfigurationLimit;
  /** Without it, configurations with a rollout are refused. */
  readonly rollouts?: RolloutRules;
}

const READ_ONLY = ['id', 'generation', 'createdAt', 'updatedAt', 'indexable', 'notIndexableBecause'];

/** The only writer of configurations and their rollouts. Each verb that writes resolves when the commit is on disk. */
export class Configurations {
  readonly #parts: ConfigurationsParts;
  readonly #writer: ConfigurationWriter;
  #lastCreated: number;

  static async open(parts: ConfigurationsParts): Promise<Configurations> {
    let lastCreated = 0;
    for await (const { created } of entriesOf(parts.store, 'configuration'))
      lastCreated = Math.max(lastCreated, created);
    return new Configurations(parts, lastCreated);
  }

  private constructor(parts: ConfigurationsParts, lastCreated: number) {
    this.#parts = parts;
    this.#writer = new ConfigurationWriter(parts.store, parts.configurationLimit);
    this.#lastCreated = lastCreated;
  }

  async put(
    actor: Actor,
    id: string,
    body: JsonObject,
    precondition: Precondition = NO_PRECONDITION,
  ): Promise<PutConfiguration> {
    checkId(id);
    const input = this.parse(body);
    const context = { created: this.#nextCreated(), precondition, by: nameOfActor(actor) };
    return this.#writer.update(actor, id, (current) => this.#decidePut(current, id, input, context));
  }

  /** Like `parse`, and also throws what the limit would throw. Without an id the configuration is new. */
  async check(actor: Actor, id: string | undefined, body: JsonObject): Promise<ConfigurationInput> {
    const input = this.parse(body);
    const current = id === undefined ? undefined : await this.#parts.store.read('configuration', id);
    const by = nameOfActor(actor);
    const context = { created: this.#lastCreated + 1, precondition: NO_PRECONDITION, by };
    this.#decidePut(current, id ?? 'new', input, context);
    return input;
  }

  /** Returns the record that `put` would store over `stored`; stores nothing. */
  plan(
    actor: Actor,
    id: string,
    stored: ConfigurationRecord | undefined,
    input: ConfigurationInput,
  ): ConfigurationRecord {
    const rules = this.#parts.rollouts;
    const by = nameOfActor(actor);
    const context = { now: this.#now(), created: Number.MAX_SAFE_INTEGER, precondition: NO_PRECONDITION, by, rules };
    return putConfiguration(stored, id, input, context).result.record;
  }

  async remove(actor: Actor, id: string, precondition: Precondition = NO_PRECONDITION): Promise<ConfigurationRecord> {
    checkId(id);
    return this.#writer.update(actor, id, (current) =>
      removeConfiguration(current, id, { now: this.#now(), precondition }),
    );
  }

  /** Returns the new record. Throws `conflict` if the action does not fit the state of the rollout. */
  async actOnRollout(
    actor: Actor,
    id: string,
    action: RolloutAction,
    precondition: Precondition = NO_PRECONDITION,
  ): Promise<ConfigurationRecord> {
    checkId(id);
    const context = { rules: this.#mustHaveRules(), by: nameOfActor(actor), now: this.#now(), precondition };
    return this.#writer.update(actor, id, (current) => actOnRollout(current, id, action, context));
  }

  /** Returns the record that `actOnRollout` would store; stores nothing. */
  planRolloutAction(actor: Actor, record: ConfigurationRecord, action: RolloutAction): ConfigurationRecord {
    return afterAction(record, action, { rules: this.#mustHaveRules(), by: nameOfActor(actor), now: this.#now() });
  }

  /**
   * Stores a step that a rollout takes by itself. Returns undefined and stores nothing if the configuration has changed
   * since the decision.
   */
  async advanceRollout(
    actor: Actor,
    id: string,
    at: ConfigurationVersion,
    outcome: RolloutOutcome,
  ): Promise<ConfigurationRecord | undefined> {
    return this.#writer.update(actor, id, (current) => advanceRollout(current, at, outcome, this.#now()));
  }

  /** Records in the change log that configurations oscillate. */
  async noteOscillation(actor: Actor, oscillation: Oscillation): Promise<void> {
    const note = (id: string): Promise<void> =>
      this.#writer.update(actor, id, (current) => noteOscillation(current, oscillation, this.#now()));
    await Promise.all(oscillation.configurations.map(note));
  }

  /** Returns the validated configuration, or throws the reason why it cannot be stored. */
  parse(body: JsonObject): ConfigurationInput {
    const input = validate(ConfigurationSchema, body, { readOnly: READ_ONLY });
    this.#parts.checkCondition(input.targetCondition);
    checkConfiguration(input, this.#parts.rollouts);
    return input;
  }

  async read(id: string): Promise<ConfigurationRecord | undefined> {
    const entry = await this.#parts.store.read('configuration', id);
    return isStored(entry) ? entry : undefined;
  }

  async mustRead(id: string): Promise<ConfigurationRecord> {
    const record = await this.read(checkId(id));
    if (record) return record;
    throw new TwinError('not-found', `there is no configuration ${id}`);
  }

  /** Returns at most `limit` entries with an id above `after`, in id order. Tombstones are included. */
  scan(after: string, limit: number): Awaitable<readonly ConfigurationEntry[]> {
    return this.#parts.store.scan('configuration', after, limit);
  }

  /** Stored configurations with an id above `after`, in id order. */
  async *all(after = ''): AsyncGenerator<ConfigurationRecord> {
    for await (const entry of entriesOf(this.#parts.store, 'configuration', after)) if (isStored(entry)) yield entry;
  }

  #decidePut(
    current: ConfigurationEntry | undefined,
    id: string,
    input: ConfigurationInput,
    context: Pick<PutContext, 'created' | 'precondition' | 'by'>,
  ): Decision<'configuration', PutConfiguration> {
    const { rollouts: rules, configurationLimit: limit } = this.#parts;
    const decision = putConfiguration(current, id, input, { ...context, now: this.#now(), rules });
    if (isStored(decision.entry)) limit?.check(isStored(current) ? current : undefined, decision.entry);
    return decision;
  }

  #mustHaveRules(): RolloutRules {
    const { rollouts } = this.#parts;
    if (rollouts) return rollouts;
    throw new TwinError('bad-request', 'rollouts are not available in this version');
  }

  #now(): number {
    return this.#parts.clock.now();
  }

  /** Returns a strictly rising number, even if the clock is set back. */
  #nextCreated(): number {
    this.#lastCreated = Math.max(this.#lastCreated + 1, this.#now());
    return this.#lastCreated;
  }
}
