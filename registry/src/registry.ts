import type { ConfigurationInput } from '@muster/api';
import { ConfigurationSchema, RegistrationPatchSchema, RegistrationSchema, validate } from '@muster/api';
import { type Cancel, type Clock, checkId, type JsonObject, type ReportMessage, TwinError } from '@muster/twin';
import { actOnRollout, afterAction } from './act-on-rollout.js';
import { advanceRollout, type ConfigurationMoment } from './advance-rollout.js';
import { Alike } from './alike.js';
import type { ConfigurationLimit } from './configuration-limit.js';
import { type ConfigurationEntry, type ConfigurationRecord, isStored } from './configuration-record.js';
import { generateSecret, isSecretOf, makeCredential, type RandomBytes } from './credential.js';
import { type DeviceEntry, type DeviceRecord, isLive } from './device-record.js';
import { noteQuarrel, type Quarrel } from './note-quarrel.js';
import { patchDevice } from './patch-device.js';
import { checkConfiguration, type PutConfiguration, type PutContext, putConfiguration } from './put-configuration.js';
import { type Issued, type Registered, register } from './register.js';
import { removeConfiguration } from './remove-configuration.js';
import { removeDevice } from './remove-device.js';
import { report } from './report.js';
import type { Resolution } from './resolution.js';
import type { Precondition } from './revision.js';
import type { RolloutAction } from './rollout-action.js';
import type { RolloutOutcome } from './rollout-outcome.js';
import type { RolloutRules } from './rollout-rules.js';
import { setDesired } from './set-desired.js';
import { setPresence } from './set-presence.js';
import type { Awaitable, ChangePage, CommitListener, Committed, Decision, Entries, Store } from './store.js';

export interface RegistryParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Throws `bad-condition` for what is no target condition. */
  readonly checkCondition: (text: string) => void;
  readonly configurationLimit?: ConfigurationLimit;
  /** Left away: a configuration with a rollout is refused. */
  readonly rollouts?: RolloutRules;
}

/** What a device should have, and what the caller wants back once that is on disk. */
export interface DesiredPlan<Effect> {
  readonly resolution: Resolution;
  readonly effect: Effect;
}

export interface DesiredOutcome<Effect> {
  readonly isChanged: boolean;
  /** Of the plan that was carried out; undefined: the device is not registered. */
  readonly effect?: Effect;
}

interface WrittenPair {
  readonly before: ConfigurationRecord | undefined;
  readonly after: ConfigurationRecord | undefined;
}

const NO_PRECONDITION: Precondition = { kind: 'none' };
/** Whoever writes, where nobody says who it is. */
const OPERATOR = 'operator';
const DEVICE_READ_ONLY = ['id'];
const CONFIGURATION_READ_ONLY = ['id', 'generation', 'createdAt', 'updatedAt', 'indexable', 'notIndexableBecause'];

/**
 * The only writer of twins and configurations. Each verb reads, decides purely and commits the entry together
 * with its changes; it resolves when that is on disk.
 */
export class Registry {
  readonly #parts: RegistryParts;
  readonly #alike = new Alike();
  #lastCreated: number;
  /** The limit counts what was decided, so configurations are decided one after the other. */
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

  /** `body` is what the operator sent. */
  async register(id: string, body: JsonObject, precondition: Precondition = NO_PRECONDITION): Promise<Registered> {
    checkId(id);
    const registration = validate(RegistrationSchema, body, { readOnly: DEVICE_READ_ONLY });
    const context = { now: this.#now(), precondition, issue: (secret?: string) => this.#issue(secret) };
    return this.#updateDevice(id, (current) => register(current, id, registration, context));
  }

  async patchDevice(id: string, body: JsonObject, precondition: Precondition = NO_PRECONDITION): Promise<DeviceRecord> {
    checkId(id);
    const patch = validate(RegistrationPatchSchema, body);
    return this.#updateDevice(id, (current) => patchDevice(current, id, patch, { now: this.#now(), precondition }));
  }

  async removeDevice(id: string, precondition: Precondition = NO_PRECONDITION): Promise<DeviceRecord> {
    checkId(id);
    return this.#updateDevice(id, (current) => removeDevice(current, id, { now: this.#now(), precondition }));
  }

  /** Answers the version of reported. */
  report(id: string, message: ReportMessage): Promise<{ readonly version: number }> {
    return this.#updateDevice(id, (current) => report(current, id, message, this.#now()));
  }

  setPresence(id: string, presence: { connected: boolean; reason?: string }): Promise<void> {
    return this.#updateDevice(id, (current) => setPresence(current, id, { ...presence, now: this.#now() }));
  }

  /**
   * Writes what a device should have, unless it has it. `plan` is pure, and may be asked more than once. Resolves before
   * that is on disk: a caller that reconciles a fleet awaits one flush for many devices.
   */
  setDesired<Effect>(
    id: string,
    plan: (record: DeviceRecord) => DesiredPlan<Effect>,
  ): Awaitable<Committed<DesiredOutcome<Effect>>> {
    return this.#parts.store.update('device', id, (current): Decision<'device', DesiredOutcome<Effect>> => {
      if (!isLive(current)) return { result: { isChanged: false } };
      const { resolution, effect } = plan(current);
      const decision = setDesired(current, resolution, this.#now(), this.#alike);
      return { ...decision, result: { isChanged: decision.result, effect } };
    });
  }

  async putConfiguration(
    id: string,
    body: JsonObject,
    precondition: Precondition = NO_PRECONDITION,
    by: string = OPERATOR,
  ): Promise<PutConfiguration> {
    checkId(id);
    const input = this.parseConfiguration(body);
    const context = { created: this.#nextCreated(), precondition, by };
    return this.#updateConfiguration(id, (current) => this.#decidePut(current, id, input, context));
  }

  /** As `parseConfiguration`, and over what is stored: refuses what the limit would refuse, too. Without an id it is new. */
  async checkConfiguration(id: string | undefined, body: JsonObject): Promise<ConfigurationInput> {
    const input = this.parseConfiguration(body);
    const current = id === undefined ? undefined : await this.#parts.store.read('configuration', id);
    const context = { created: this.#lastCreated + 1, precondition: NO_PRECONDITION, by: OPERATOR };
    this.#decidePut(current, id ?? 'new', input, context);
    return input;
  }

  /** The configuration as `putConfiguration` would store it over what is; nothing is stored. */
  planConfiguration(
    id: string,
    stored: ConfigurationRecord | undefined,
    input: ConfigurationInput,
    by: string = OPERATOR,
  ): ConfigurationRecord {
    const rules = this.#parts.rollouts;
    const context = { now: this.#now(), created: Number.MAX_SAFE_INTEGER, precondition: NO_PRECONDITION, by, rules };
    return putConfiguration(stored, id, input, context).result.record;
  }

  /** Answers the configuration as it is then. `conflict` for what does not fit the state of its rollout. */
  async actOnRollout(
    id: string,
    action: RolloutAction,
    by: string = OPERATOR,
    precondition: Precondition = NO_PRECONDITION,
  ): Promise<ConfigurationRecord> {
    checkId(id);
    const context = { rules: this.#mustHaveRules(), by, now: this.#now(), precondition };
    return this.#updateConfiguration(id, (current) => actOnRollout(current, id, action, context));
  }

  /** As `actOnRollout` would make of a configuration that was read; nothing is stored. */
  planRolloutAction(record: ConfigurationRecord, action: RolloutAction, by: string = OPERATOR): ConfigurationRecord {
    return afterAction(record, action, { rules: this.#mustHaveRules(), by, now: this.#now() });
  }

  /**
   * Stores what a rollout does by itself. Undefined where the configuration is not the one any more of which it was
   * decided: nothing is stored then, and it has to be decided anew.
   */
  async advanceRollout(
    id: string,
    at: ConfigurationMoment,
    outcome: RolloutOutcome,
  ): Promise<ConfigurationRecord | undefined> {
    return this.#updateConfiguration(id, (current) => advanceRollout(current, at, outcome, this.#now()));
  }

  async removeConfiguration(id: string, precondition: Precondition = NO_PRECONDITION): Promise<ConfigurationRecord> {
    checkId(id);
    return this.#updateConfiguration(id, (current) =>
      removeConfiguration(current, id, { now: this.#now(), precondition }),
    );
  }

  /** Tells in the change feed of configurations that seem to push each other. */
  async noteQuarrel(quarrel: Quarrel): Promise<void> {
    const note = (id: string): Promise<void> =>
      this.#updateConfiguration(id, (current) => noteQuarrel(current, quarrel, this.#now()));
    await Promise.all(quarrel.configurations.map(note));
  }

  /** A configuration as it may be stored, or the reason why not. */
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

  /** The registered ones among `ids`, in their order. */
  readDevices(ids: readonly string[]): Awaitable<readonly DeviceRecord[]> {
    const entries = this.#parts.store.readMany('device', ids);
    return entries instanceof Promise ? entries.then((all) => all.filter(isLive)) : entries.filter(isLive);
  }

  /** Entries of devices with an id above `after`, in id order, at most `limit`: those of deleted devices too. */
  scanDevices(after: string, limit: number): Awaitable<readonly DeviceEntry[]> {
    return this.#parts.store.scan('device', after, limit);
  }

  /** As `scanDevices`, of configurations. */
  scanConfigurations(after: string, limit: number): Awaitable<readonly ConfigurationEntry[]> {
    return this.#parts.store.scan('configuration', after, limit);
  }

  /** Registered devices with an id above `after`, in id order. */
  async *devices(after = ''): AsyncGenerator<DeviceRecord> {
    for await (const page of this.devicePages(after)) yield* page;
  }

  /** As `devices`, in the portions in which they are read: to be handed each one by itself costs more than to read it. */
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

  /** `wake` is called after changes came to disk. */
  follow(wake: () => void): Cancel {
    return this.#parts.store.follow(wake);
  }

  /** `listener` is told every entry in the step in which it comes to disk. */
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
    id: string,
    decide: (current: ConfigurationEntry | undefined) => Decision<'configuration', Result>,
  ): Promise<Result> {
    const decided = this.#configurationTurn.then(() => this.#decideConfiguration(id, decide));
    this.#configurationTurn = decided.catch(() => {});
    return onceDurable(await decided);
  }

  async #decideConfiguration<Result>(
    id: string,
    decide: (current: ConfigurationEntry | undefined) => Decision<'configuration', Result>,
  ): Promise<Committed<Result>> {
    const committed = await this.#parts.store.update('configuration', id, (current) => {
      const decision = decide(current);
      const written = decision.entry && { before: ifStored(current), after: ifStored(decision.entry) };
      return { ...decision, result: { result: decision.result, written } };
    });
    const { result, written } = committed.result;
    if (written) this.#count(written, committed.durable);
    return { result, durable: committed.durable };
  }

  /** A write that does not get to disk does not count. */
  #count({ before, after }: WrittenPair, durable: Promise<void>): void {
    const { configurationLimit: limit } = this.#parts;
    limit?.count(before, after);
    durable.catch(() => limit?.count(after, before));
  }

  #updateDevice<Result>(
    id: string,
    decide: (current: DeviceEntry | undefined) => Decision<'device', Result>,
  ): Promise<Result> {
    const committed = this.#parts.store.update('device', id, decide);
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

  /** Strictly rising, whatever the wall clock does. */
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

const PAGE = 500;

async function* entriesOf<Kind extends 'device' | 'configuration'>(
  store: Store,
  kind: Kind,
  start = '',
): AsyncGenerator<Entries[Kind]> {
  for await (const page of pagesOf(store, kind, start)) yield* page;
}

async function* pagesOf<Kind extends 'device' | 'configuration'>(
  store: Store,
  kind: Kind,
  start = '',
): AsyncGenerator<readonly Entries[Kind][]> {
  for (let after = start; ; ) {
    const page = await store.scan(kind, after, PAGE);
    yield page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.id;
  }
}
