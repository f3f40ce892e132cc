import {
  type AcknowledgementMessage,
  assertNever,
  type BackoffBounds,
  backoffMs,
  type Clock,
  decodeUtf8,
  type JsonObject,
  parseJson,
  TOPICS,
  TwinError,
} from '@muster/twin';
import { Emitter } from './emitter.js';
import { Link, type LinkListener, type LinkOptions, type TlsOptions } from './link.js';
import { checkReport } from './machine/check-report.js';
import {
  type Effect,
  type MachineEvent,
  type MachineState,
  startState,
  step,
  storedState,
} from './machine/device-state.js';
import { type DeviceStorage, MemoryStorage } from './storage/storage.js';
import { createSystemClock } from './system-clock.js';

/** A connection is replaced if a report has no complete answer after this time. */
const ANSWER_TIMEOUT_MS = 30_000;
/** After a connection of at least this length the next failure counts as the first. */
const CONNECTION_STABLE_MS = 10_000;
const RECONNECT_BOUNDS: BackoffBounds = { firstMs: 1_000, maxMs: 60_000 };
const KEEPALIVE_SECONDS_DEFAULT = 60;

export interface DeviceOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`, host and port. */
  readonly url: string;
  readonly id: string;
  /** Not needed with a client certificate in `tls`. */
  readonly secret?: string;
  readonly tls?: TlsOptions;
  /** Default: memory. */
  readonly storage?: DeviceStorage;
  /** Whether the server forgets the MQTT session between connections; default true. The device works with both. */
  readonly clean?: boolean;
  readonly keepaliveSeconds?: number;
  /** False: `connect` resolves at once with the stored state and connects in the background. Default true. */
  readonly waitForConnection?: boolean;
  /** Cancels the first connection. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Returns numbers in [0, 1), for jitter and ids. Default: `Math.random`. */
  readonly random?: () => number;
  /** Opens a connection. Default: MQTT.js on a socket; a simulation passes its own. */
  readonly openLink?: (options: LinkOptions, listener: LinkListener) => DeviceLink;
}

/** The connection of a device. */
export type DeviceLink = Pick<Link, 'close' | 'drop' | 'publish' | 'subscribe'>;

/** `patch` leads from the document of the previous call to `document`. */
export type DesiredHandler = (patch: JsonObject, document: JsonObject) => unknown;

export interface DeviceEvents {
  /** Connected and subscribed. */
  readonly connected: undefined;
  readonly disconnected: Error;
  /** Errors that no call reports: failed attempts, refused messages, storage failures. */
  readonly problem: Error;
}

interface Ticket {
  resolve(version: number): void;
  reject(error: Error): void;
}

/** One device and its twin, over any number of connections. */
export class Device {
  readonly events = new Emitter<DeviceEvents>();
  readonly #storage: DeviceStorage;
  readonly #linkOptions: LinkOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #handlers: DesiredHandler[] = [];
  readonly #tickets = new Map<number, Ticket>();
  readonly #effects: Effect[] = [];
  #state: MachineState;
  readonly #openLink: NonNullable<DeviceOptions['openLink']>;
  #link: DeviceLink | undefined;
  #ticketsIssued = 0;
  #failures = 0;
  #connectedAt: number | undefined;
  #running = Promise.resolve();
  #isRunning = false;
  #isUnsaved = false;
  #isClosed = false;
  #cancelReconnect: () => void = () => {};
  #cancelOverdue: () => void = () => {};

  /**
   * Loads the state and connects. Resolves once the device is subscribed; retries with growing delays while the server
   * cannot be reached. Rejects with `unauthorized` if the server refuses the id and secret.
   */
  static async connect(options: DeviceOptions): Promise<Device> {
    const storage = options.storage ?? new MemoryStorage();
    const random = options.random ?? Math.random;
    const stored = await storage.load();
    if (stored !== undefined && stored.device !== options.id) {
      throw new TwinError('conflict', `the storage holds the state of ${stored.device}, not of ${options.id}`);
    }
    const idPrefix = `${Math.floor(random() * 2 ** 40).toString(36)}-`;
    const device = new Device(options, storage, random, startState(options.id, idPrefix, stored));
    if (options.waitForConnection === false) device.#connect();
    else await device.#connectFirst(options.signal);
    return device;
  }

  private constructor(options: DeviceOptions, storage: DeviceStorage, random: () => number, state: MachineState) {
    const { url, id, secret, tls, clean = true, keepaliveSeconds = KEEPALIVE_SECONDS_DEFAULT } = options;
    this.#clock = options.clock ?? createSystemClock();
    this.#linkOptions = { url, id, secret, tls, clean, keepaliveSeconds, clock: this.#clock };
    this.#openLink = options.openLink ?? ((...parts) => new Link(...parts));
    this.#storage = storage;
    this.#random = random;
    this.#state = state;
  }

  /** A copy of the desired document that the server last sent. */
  get desired(): JsonObject {
    return structuredClone(this.#state.held.document);
  }

  /** The version of `desired`; 0 before the first one. */
  get version(): number {
    return this.#state.held.version;
  }

  /**
   * Calls the handler with documents not handled yet, one at a time. If several arrive meanwhile, only the newest is
   * passed. Resolving acknowledges the version as `applied`, rejecting as `failed` with the message of the error.
   * Several handlers are called in the order they were added, up to the first that fails. After a crash the newest
   * version is passed again, with a patch that covers everything that may have been done.
   */
  onDesired(handler: DesiredHandler): void {
    this.#handlers.push(handler);
    this.#dispatch({ kind: 'handler-added' });
  }

  /**
   * Merges the patch into the reported document. Resolves with the version of reported once the server has it on disk;
   * rejects with a TwinError if the server refuses it. Patches that wait together are sent as one and share its answer.
   * Works offline. The next process sends reports that were not accepted, from the storage.
   */
  report(patch: JsonObject): Promise<number> {
    const answer = this.#enqueueReport(patch);
    // If the result is not awaited, a refusal is emitted as `problem`.
    answer.catch(() => {});
    return answer;
  }

  /** Disconnects. Reports not accepted yet reject with `unavailable` and stay in the storage. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelReconnect();
    this.#cancelOverdue();
    await this.#running;
    await this.#link?.close();
    await this.#running;
    await this.#save();
    for (const ticket of this.#tickets.values()) ticket.reject(closedEarly());
    this.#tickets.clear();
  }

  async #enqueueReport(patch: JsonObject): Promise<number> {
    if (this.#isClosed) throw new TwinError('unavailable', 'the device is closed');
    const checked = checkReport(patch);
    this.#ticketsIssued += 1;
    const ticket = this.#ticketsIssued;
    return new Promise((resolve, reject) => {
      this.#tickets.set(ticket, { resolve, reject });
      this.#dispatch({ kind: 'report-requested', ticket, patch: checked });
    });
  }

  #dispatch(event: MachineEvent): void {
    if (this.#isClosed && event.kind !== 'acknowledgement-delivered') return;
    const { state, effects } = step(this.#state, event);
    this.#state = state;
    this.#isUnsaved ||= effects.some(({ kind }) => kind === 'save');
    this.#effects.push(...effects);
    if (state.inFlight === undefined) this.#cancelOverdue();
    if (!this.#isRunning) this.#running = this.#run();
  }

  /** Carries out the effects in order, so that a message is sent after the state it depends on is saved. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let effect = this.#effects.shift(); effect !== undefined; effect = this.#effects.shift()) {
      if (effect.kind === 'save') await this.#save();
      else this.#execute(effect);
    }
    this.#isRunning = false;
  }

  /** Saves the newest state, which may be newer than the one that requested the save. */
  async #save(): Promise<void> {
    if (!this.#isUnsaved) return;
    this.#isUnsaved = false;
    try {
      await this.#storage.save(storedState(this.#state));
    } catch (error) {
      this.#isUnsaved = true;
      this.events.emit('problem', asError(error));
    }
  }

  #execute(effect: Exclude<Effect, { kind: 'save' }>): void {
    switch (effect.kind) {
      case 'subscribe':
        void this.#subscribe();
        break;
      case 'request-desired':
        this.#publish(TOPICS.get, effect.version === 0 ? {} : { version: effect.version });
        break;
      case 'call-handlers':
        void this.#handle(effect.patch, effect.document);
        break;
      case 'acknowledge':
        this.#acknowledge(effect.acknowledgement);
        break;
      case 'send-report':
        this.#sendReport(effect.id, effect.patch);
        break;
      case 'resolve':
        this.#settle(effect.tickets, (ticket) => ticket.resolve(effect.version));
        break;
      case 'reject':
        this.#settle(effect.tickets, (ticket) => ticket.reject(effect.error));
        break;
      case 'report-problem':
        this.events.emit('problem', effect.problem);
        break;
      case 'reconnect':
        this.#link?.drop(new TwinError('unavailable', 'the server did not answer in time'));
        break;
      default:
        assertNever(effect);
    }
  }

  /** Ignores failures: the state machine sends the message again on the next connection. */
  #publish(topic: string, message: object, delivered?: MachineEvent): void {
    this.#link?.publish(topic, message).then(
      () => delivered && this.#dispatch(delivered),
      () => {},
    );
  }

  #acknowledge({ version, status, error }: AcknowledgementMessage): void {
    const message = { [status]: version, ...(error === undefined ? {} : { error }) };
    this.#publish(TOPICS.reported, message, { kind: 'acknowledgement-delivered', version });
  }

  #sendReport(id: string, patch: JsonObject): void {
    this.#cancelOverdue();
    this.#cancelOverdue = this.#clock.after(ANSWER_TIMEOUT_MS, () => this.#dispatch({ kind: 'report-overdue', id }));
    this.#publish(TOPICS.reported, { id, reported: patch }, { kind: 'report-delivered', id });
  }

  #settle(tickets: readonly number[], settle: (ticket: Ticket) => void): void {
    for (const number of tickets) {
      const ticket = this.#tickets.get(number);
      this.#tickets.delete(number);
      if (ticket !== undefined) settle(ticket);
    }
  }

  async #handle(patch: JsonObject, document: JsonObject): Promise<void> {
    if (this.#isClosed) return;
    const error = await this.#callHandlers(patch, document);
    this.#dispatch({ kind: 'handled', ...(error && { error: error.message }) });
  }

  async #callHandlers(patch: JsonObject, document: JsonObject): Promise<Error | undefined> {
    try {
      for (const handler of this.#handlers) await handler(structuredClone(patch), structuredClone(document));
      return undefined;
    } catch (error) {
      return asError(error);
    }
  }

  async #connectFirst(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = deferred();
    const refused = (problem: Error): void => {
      if (problem instanceof TwinError && ['unauthorized', 'forbidden'].includes(problem.code)) reject(problem);
    };
    const given = (): void => reject(signal?.reason);
    const stops = [this.events.on('connected', resolve), this.events.on('problem', refused)];
    signal?.addEventListener('abort', given);
    this.#connect();
    try {
      await promise;
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      for (const stop of stops) stop();
      signal?.removeEventListener('abort', given);
    }
  }

  #connect(): void {
    this.#link = this.#openLink(this.#linkOptions, {
      connected: () => this.#dispatch({ kind: 'connected' }),
      received: (topic, payload) => this.#receive(topic, payload),
      closed: (reason) => this.#closed(reason),
    });
  }

  async #subscribe(): Promise<void> {
    const link = this.#link;
    try {
      await link?.subscribe([TOPICS.accepted, TOPICS.rejected, TOPICS.desired]);
    } catch (cause) {
      link?.drop(new TwinError('forbidden', 'the server refused the subscriptions of the device', {}, { cause }));
      return;
    }
    if (link !== this.#link || this.#isClosed) return;
    this.#connectedAt = this.#clock.now();
    this.#dispatch({ kind: 'subscribed' });
    this.events.emit('connected', undefined);
  }

  #receive(topic: string, payload: Uint8Array): void {
    try {
      const message = parseJson(decodeUtf8(payload));
      if (topic === TOPICS.desired) this.#dispatch({ kind: 'desired-received', message });
      else if (topic === TOPICS.accepted) this.#dispatch({ kind: 'accepted-received', message });
      else if (topic === TOPICS.rejected) this.#dispatch({ kind: 'rejected-received', message });
    } catch (error) {
      this.events.emit('problem', asError(error));
    }
  }

  #closed(reason: Error): void {
    if (this.#isClosed) return;
    this.#link = undefined;
    this.#dispatch({ kind: 'disconnected' });
    const stoodMs = this.#connectedAt === undefined ? 0 : this.#clock.now() - this.#connectedAt;
    const failures = stoodMs >= CONNECTION_STABLE_MS ? 0 : this.#failures;
    const delayMs = backoffMs(RECONNECT_BOUNDS, failures, this.#random());
    this.#failures = failures + 1;
    this.#cancelReconnect = this.#clock.after(delayMs, () => this.#connect());
    this.events.emit(this.#connectedAt === undefined ? 'problem' : 'disconnected', reason);
    this.#connectedAt = undefined;
  }
}

function deferred(): { promise: Promise<void>; resolve(): void; reject(reason: unknown): void } {
  let [resolve, reject]: [() => void, (reason: unknown) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((onResolve, onReject) => {
    [resolve, reject] = [onResolve, onReject];
  });
  return { promise, resolve, reject };
}

function closedEarly(): TwinError {
  return new TwinError(
    'unavailable',
    'the device was closed before the server accepted the report; it stays in the storage',
  );
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
