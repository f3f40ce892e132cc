import { RegistrationPatchSchema, RegistrationSchema, validate } from '@muster/api';
import { type Clock, checkId, type JsonObject, type ReportMessage, TwinError } from '@muster/twin';
import { NO_PRECONDITION, type Precondition } from '../input/revision.js';
import type { Actor } from '../record/actor.js';
import { generateSecret, isSecretOf, makeCredential, type RandomBytes } from '../record/credential.js';
import { type DeviceEntry, type DeviceRecord, isLive } from '../record/device-record.js';
import { onceDurable } from '../store/once-durable.js';
import { pagesOf } from '../store/pages-of.js';
import type { Awaitable, Committed, Decision, Store } from '../store/store.js';
import { withActor } from '../store/with-actor.js';
import type { DesiredOutcome, DesiredPlan } from './desired-plan.js';
import { patchDevice } from './patch-device.js';
import { type Issued, type Registered, register } from './register.js';
import { removeDevice } from './remove-device.js';
import { report } from './report.js';
import { setDesired } from './set-desired.js';
import { setPresence } from './set-presence.js';
import { SharedResults } from './shared-results.js';

export interface DevicesParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

const READ_ONLY = ['id'];

/** The only writer of devices. A verb that writes resolves when the commit is on disk; `setDesired` resolves before. */
export class Devices {
  readonly #parts: DevicesParts;
  readonly #shared = new SharedResults();

  constructor(parts: DevicesParts) {
    this.#parts = parts;
  }

  /** `body`: the document that the operator sent. */
  async register(
    actor: Actor,
    id: string,
    body: JsonObject,
    precondition: Precondition = NO_PRECONDITION,
  ): Promise<Registered> {
    checkId(id);
    const registration = validate(RegistrationSchema, body, { readOnly: READ_ONLY });
    const context = { now: this.#now(), precondition, issue: (secret?: string) => this.#issue(secret) };
    return this.#update(actor, id, (current) => register(current, id, registration, context));
  }

  async patch(
    actor: Actor,
    id: string,
    body: JsonObject,
    precondition: Precondition = NO_PRECONDITION,
  ): Promise<DeviceRecord> {
    checkId(id);
    const patch = validate(RegistrationPatchSchema, body);
    return this.#update(actor, id, (current) => patchDevice(current, id, patch, { now: this.#now(), precondition }));
  }

  async remove(actor: Actor, id: string, precondition: Precondition = NO_PRECONDITION): Promise<DeviceRecord> {
    checkId(id);
    return this.#update(actor, id, (current) => removeDevice(current, id, { now: this.#now(), precondition }));
  }

  /** Returns the version of the reported document. */
  report(actor: Actor, id: string, message: ReportMessage): Promise<{ readonly version: number }> {
    return this.#update(actor, id, (current) => report(current, id, message, this.#now()));
  }

  setPresence(actor: Actor, id: string, presence: { connected: boolean; reason?: string }): Promise<void> {
    return this.#update(actor, id, (current) => setPresence(current, id, { ...presence, now: this.#now() }));
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

  read(id: string): Awaitable<DeviceRecord | undefined> {
    const entry = this.#parts.store.read('device', id);
    return entry instanceof Promise ? entry.then(ifLive) : ifLive(entry);
  }

  async mustRead(id: string): Promise<DeviceRecord> {
    const record = await this.read(checkId(id));
    if (record) return record;
    throw new TwinError('not-found', `there is no device ${id}`);
  }

  /** Returns the registered devices among `ids`, in their order. */
  readMany(ids: readonly string[]): Awaitable<readonly DeviceRecord[]> {
    const entries = this.#parts.store.readMany('device', ids);
    return entries instanceof Promise ? entries.then((all) => all.filter(isLive)) : entries.filter(isLive);
  }

  /** Announces that these devices, at most 64, are read or written next, in this order. Affects speed only. */
  prefetch(ids: readonly string[]): void {
    this.#parts.store.prefetch?.('device', ids);
  }

  /** Returns at most `limit` entries with an id above `after`, in id order. Tombstones are included. */
  scan(after: string, limit: number): Awaitable<readonly DeviceEntry[]> {
    return this.#parts.store.scan('device', after, limit);
  }

  /** Registered devices with an id above `after`, in id order. */
  async *all(after = ''): AsyncGenerator<DeviceRecord> {
    for await (const page of this.pages(after)) yield* page;
  }

  /** Like `all`, in pages: yielding each record by itself costs more than reading it. */
  async *pages(after = ''): AsyncGenerator<readonly DeviceRecord[]> {
    for await (const page of pagesOf(this.#parts.store, 'device', after)) yield page.filter(isLive);
  }

  /** Whether this is the secret of a registered, enabled device. */
  async authenticate(id: string, secret: Uint8Array): Promise<boolean> {
    const record = await this.read(id);
    return record?.enabled === true && isSecretOf(record.credential, secret);
  }

  #update<Result>(
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

  #now(): number {
    return this.#parts.clock.now();
  }
}

function ifLive(entry: DeviceEntry | undefined): DeviceRecord | undefined {
  return isLive(entry) ? entry : undefined;
}
