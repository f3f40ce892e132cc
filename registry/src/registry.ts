import {
  type ConfigurationInput,
  ConfigurationSchema,
  RegistrationPatchSchema,
  RegistrationSchema,
  validate,
} from '@muster/api';
import { type Cancel, type Clock, checkId, type JsonObject, type ReportMessage, TwinError } from '@muster/twin';
import { actOnRollout, afterAction } from './configuration/act-on-rollout.js';
import { advanceRollout, type ConfigurationVersion } from './configuration/advance-rollout.js';
import type { ConfigurationLimit } from './configuration/configuration-limit.js';
import { noteOscillation, type Oscillation } from './configuration/note-oscillation.js';
import {
  checkConfiguration,
  type PutConfiguration,
  type PutContext,
  putConfiguration,
} from './configuration/put-configuration.js';
import { removeConfiguration } from './configuration/remove-configuration.js';
import type { DesiredOutcome, DesiredPlan } from './device/desired-plan.js';
import { patchDevice } from './device/patch-device.js';
import { type Issued, type Registered, register } from './device/register.js';
import { removeDevice } from './device/remove-device.js';
import { report } from './device/report.js';
import { setDesired } from './device/set-desired.js';
import { setPresence } from './device/set-presence.js';
import { SharedResults } from './device/shared-results.js';
import type { Precondition } from './input/revision.js';
import { type Actor, nameOfActor } from './record/actor.js';
import { type ConfigurationEntry, type ConfigurationRecord, isStored } from './record/configuration-record.js';
import { generateSecret, isSecretOf, makeCredential, type RandomBytes } from './record/credential.js';
import { type DeviceEntry, type DeviceRecord, isLive } from './record/device-record.js';
import type { RolloutAction } from './rollout/rollout-action.js';
import type { RolloutOutcome } from './rollout/rollout-outcome.js';
import type { RolloutRules } from './rollout/rollout-rules.js';
import { entriesOf, pagesOf } from './store/pages-of.js';
import type { Awaitable, ChangePage, CommitListener, Committed, Decision, Store } from './store/store.js';
import { withActor } from './store/with-actor.js';

export interface RegistryParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Throws `bad-condition` for a text that is not a target condition. */
  readonly checkCondition: (text: string) => void;
  readonly configurationLimit?: ConfigurationLimit;
  /** Without it, configurations with a rollout are refused. */
  readonly rollouts?: RolloutRules;
}

interface WrittenPair {
  readonly before: ConfigurationRecord | undefined;
  readonly after: ConfigurationRecord | undefined;
}

const NO_PRECONDITION: Precondition = { kind: 'none' };
const DEVICE_READ_ONLY = ['id'];
const CONFIGURATION_READ_ONLY = ['id', 'generation', 'createdAt', 'updatedAt', 'indexable', 'notIndexableBecause'];

/**
 * The only writer of twins and configurations. Each verb reads an entry, decides purely, and commits the new entry
 * together with its changes. It resolves when the commit is on disk.
 */
export class Registry {
  readonly #parts: RegistryParts;
  readonly #shared = new SharedResults();
  #lastCreated: number;
  /** Configurations are decided one at a time, because the limit counts decided writes. */
  #configurationTurn: Promise<unknown> = Promise.resolve();

  static async open(parts: RegistryParts): Promise<Registry> {
    let lastCreated = 0;
    for await (const { created } of entriesOf(parts.store, 'configuration'))
      lastCreated = Math.max(lastCreated, created);
    return new Registry(parts, lastCreated);
  }

  private constructor(parts: RegistryParts, lastCreated: number) {
    this.#parts = parts;
    this.#lastCreated = lastCreated;
  }

  /** `body`: the document that the operator sent. */
  async register(
    actor: Actor,
    id: string,
    body: JsonObject,
    precondition: Precondition = NO_PRECONDITION,
  ): Promise<Registered> {
    checkId(id);
    const registration = validate(RegistrationSchema, body, { readOnly: DEVICE_READ_ONLY });
    const context = { now: this.#now(), precondition, issue: (secret?: string) => this.#issue(secret) };
    return this.#updateDevice(actor, id, (current) => register(current, id, registration, context));
  }

  async patchDevice(
    actor: Actor,
    id: string,
    body: JsonObject,
    precondition: Precondition = NO_PRECONDITION,
  ): Promise<DeviceRecord> {
    checkId(id);
    const patch = validate(RegistrationPatchSchema, body);
    return this.#updateDevice(actor, id, (current) =>
      patchDevice(current, id, patch, { now: this.#now(), precondition }),
    );
  }

  async removeDevice(actor: Actor, id: string, precondition: Precondition = NO_PRECONDITION): Promise<DeviceRecord> {
    checkId(id);
    return this.#updateDevice(actor, id, (current) => removeDevice(current, id, { now: this.#now(), precondition }));
  }

  /** Returns the version of the reported document. */
  report(actor: Actor, id: string, message: ReportMessage): Promise<{ readonly version: number }> {
    return this.#updateDevice(actor, id, (current) => report(current, id, message, this.#now()));
  }

  setPresence(actor: Actor, id: string, presence: { connected: boolean; reason?: string }): Promise<void> {
    return this.#updateDevice(actor, id, (current) => setPresence(current, id, { ...presence, now: this.#now() }));
  }

  /**
   * Writes the resolution of a device unless it is there already. `plan` must be pure, because it may run more than once.
   * Resolves before the write is on disk, so that a caller can await one flush for many devices.
   */
  setDesired<Effect>(
    actor: Actor,
    id: string,
    plan: (record: DeviceRecord) => DesiredPlan<Effect>,
  ): Awaitable<Committed<DesiredOutcome<Effect>>> {
    return this.#parts.store.update('device', id, (current): Decision<'device', DesiredOutcome<Effect>> => {
      if (!isLive(current)) return { result: { isChanged: false } };
      const { resolution, effect } = plan(current);
      const decision = setDesired(current, resolution, this.#now(), this.#shared);
      return { ...withActor(actor, id, decision), result: { isChanged: decision.result, effect } };
    });
  }

  async putConfiguration(
    actor: Actor,
    id: string,
    body: JsonObject,
    precondition: Precondition = NO_PRECONDITION,
  ): Promise<PutConfiguration> {
    checkId(id);
    const input = this.parseConfiguration(body);
    const context = { created: this.#nextCreated(), precondition, by: nameOfActor(actor) };
    return this.#updateConfiguration(actor, id, (current) => this.#decidePut(current, id, input, context));
  }

  /** Like `parseConfiguration`, and also throws what the limit would throw. Without an id the configuration is new. */
  async checkConfiguration(actor: Actor, id: string | undefined, body: JsonObject): Promise<ConfigurationInput> {
    const input = this.parseConfiguration(body);
    const current = id === undefined ? undefined : await this.#parts.store.read('configuration', id);
    const by = nameOfActor(actor);
    const context = { created: this.#lastCreated + 1, precondition: NO_PRECONDITION, by };
    this.#decidePut(current, id ?? 'new', input, context);
    return input;
  }

  /** Returns the record that `putConfiguration` would store over `stored`; stores nothing. */
  planConfiguration(
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

  /** Returns the new record. Throws `conflict` if the action does not fit the state of the rollout. */
  async actOnRollout(
    actor: Actor,
    id: string,
    action: RolloutAction,
    precondition: Precondition = NO_PRECONDITION,
  ): Promise<ConfigurationRecord> {
    checkId(id);
    const context = { rules: this.#mustHaveRules(), by: nameOfActor(actor), now: this.#now(), precondition };
    return this.#updateConfiguration(actor, id, (current) => actOnRollout(current, id, action, context));
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
    return this.#updateConfiguration(actor, id, (current) => advanceRollout(current, at, outcome, this.#now()));
  }

  async removeConfiguration(
    actor: Actor,
    id: string,
    precondition: Precondition = NO_PRECONDITION,
  ): Promise<ConfigurationRecord> {
    checkId(id);
    return this.#updateConfiguration(actor, id, (current) =>
      removeConfiguration(current, id, { now: this.#now(), precondition }),
    );
  }

  /** Records in the change log that configurations oscillate. */
  async noteOscillation(actor: Actor, oscillation: Oscillation): Promise<void> {
    const note = (id: string): Promise<void> =>
      this.#updateConfiguration(actor, id, (current) => noteOscillation(current, oscillation, this.#now()));
    await Promise.all(oscillation.configurations.map(note));
  }

  /** Returns the validated configuration, or throws the reason why it cannot be stored. */
  parseConfiguration(body: JsonObject): ConfigurationInput {
    const input = validate(ConfigurationSchema, body, { readOnly: CONFIGURATION_READ_ONLY });
    this.#parts.checkCondition(input.targetCondition);
    checkConfiguration(input, this.#parts.rollouts);
    return input;
  }

  readDevice(id: string): Awaitable<DeviceRecord | undefined> {
    const entry = this.#parts.store.read('device', id);
    return entry instanceof Promise ? entry.then(ifLive) : ifLive(entry);
  }

  async mustReadDevice(id: string): Promise<DeviceRecord> {
    const record = await this.readDevice(checkId(id));
    if (record) return record;
    throw new TwinError('not-found', `there is no device ${id}`);
  }

  async readConfiguration(id: string): Promise<ConfigurationRecord | undefined> {
    return ifStored(await this.#parts.store.read('configuration', id));
  }

  async mustReadConfiguration(id: string): Promise<ConfigurationRecord> {
    const record = await this.readConfiguration(checkId(id));
    if (record) return record;
    throw new TwinError('not-found', `there is no configuration ${id}`);
  }

  /** Returns the registered devices among `ids`, in their order. */
  readDevices(ids: readonly string[]): Awaitable<readonly DeviceRecord[]> {
    const entries = this.#parts.store.readMany('device', ids);
    return entries instanceof Promise ? entries.then((all) => all.filter(isLive)) : entries.filter(isLive);
  }

  /** Announces that these devices, at most 64, are read or written next, in this order. Affects speed only. */
  prefetchDevices(ids: readonly string[]): void {
    this.#parts.store.prefetch?.('device', ids);
  }

  /** Returns at most `limit` entries of devices with an id above `after`, in id order. Tombstones are included. */
  scanDevices(after: string, limit: number): Awaitable<readonly DeviceEntry[]> {
    return this.#parts.store.scan('device', after, limit);
  }

  /** Like `scanDevices`, for configurations. */
  scanConfigurations(after: string, limit: number): Awaitable<readonly ConfigurationEntry[]> {
    return this.#parts.store.scan('configuration', after, limit);
  }

  /** Registered devices with an id above `after`, in id order. */
  async *devices(after = ''): AsyncGenerator<DeviceRecord> {
    for await (const page of this.devicePages(after)) yield* page;
  }

  /** Like `devices`, in pages: yielding each record by itself costs more than reading it. */
  async *devicePages(after = ''): AsyncGenerator<readonly DeviceRecord[]> {
    for await (const page of pagesOf(this.#parts.store, 'device', after)) yield page.filter(isLive);
  }

  /** Stored configurations with an id above `after`, in id order. */
  async *configurations(after = ''): AsyncGenerator<ConfigurationRecord> {
    for await (const entry of entriesOf(this.#parts.store, 'configuration', after)) if (isStored(entry)) yield entry;
  }

  /** Whether this is the secret of a registered, enabled device. */
  async authenticate(id: string, secret: Uint8Array): Promise<boolean> {
    const record = await this.readDevice(id);
    return record?.enabled === true && isSecretOf(record.credential, secret);
  }

  changes(after: number, limit: number): Promise<ChangePage> {
    return this.#parts.store.changes(after, limit);
  }

  /** Sequence of the newest change that is on disk, 0 if there is none. */
  head(): Awaitable<number> {
    return this.#parts.store.head();
  }

  /** Calls `wake` after changes reach the disk. */
  follow(wake: () => void): Cancel {
    return this.#parts.store.follow(wake);
  }

  /** Calls `listener` with every entry, in the step in which it reaches the disk. */
  onCommit(listener: CommitListener): Cancel {
    return this.#parts.store.onCommit(listener);
  }

  #decidePut(
    current: ConfigurationEntry | undefined,
    id: string,
    input: ConfigurationInput,
    context: Pick<PutContext, 'created' | 'precondition' | 'by'>,
  ): Decision<'configuration', PutConfiguration> {
    const { rollouts: rules, configurationLimit: limit } = this.#parts;
    const decision = putConfiguration(current, id, input, { ...context, now: this.#now(), rules });
    if (isStored(decision.entry)) limit?.check(ifStored(current), decision.entry);
    return decision;
  }

  async #updateConfiguration<Result>(
    actor: Actor,
    id: string,
    decide: (current: ConfigurationEntry | undefined) => Decision<'configuration', Result>,
  ): Promise<Result> {
    const decided = this.#configurationTurn.then(() => this.#decideConfiguration(actor, id, decide));
    this.#configurationTurn = decided.catch(() => {});
    return onceDurable(await decided);
  }

  async #decideConfiguration<Result>(
    actor: Actor,
    id: string,
    decide: (current: ConfigurationEntry | undefined) => Decision<'configuration', Result>,
  ): Promise<Committed<Result>> {
    const committed = await this.#parts.store.update('configuration', id, (current) => {
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
    const { configurationLimit: limit } = this.#parts;
    limit?.count(before, after);
    durable.catch(() => limit?.count(after, before));
  }

  #updateDevice<Result>(
    actor: Actor,
    id: string,
    decide: (current: DeviceEntry | undefined) => Decision<'device', Result>,
  ): Promise<Result> {
    const committed = this.#parts.store.update('device', id, (current) => withActor(actor, id, decide(current)));
    return committed instanceof Promise ? committed.then(onceDurable) : onceDurable(committed);
  }

  #issue(secret?: string): Issued {
    const { randomBytes } = this.#parts;
    if (secret !== undefined) return { credential: makeCredential(secret, randomBytes) };
    const generated = generateSecret(randomBytes);
    return { credential: makeCredential(generated, randomBytes), secret: generated };
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

function onceDurable<Result>({ result, durable }: Committed<Result>): Promise<Result> {
  return durable.then(() => result);
}

function ifLive(entry: DeviceEntry | undefined): DeviceRecord | undefined {
  return isLive(entry) ? entry : undefined;
}

function ifStored(entry: ConfigurationEntry | undefined): ConfigurationRecord | undefined {
  return isStored(entry) ? entry : undefined;
}
