import type { Awaitable, DevicePrincipal, DeviceRecord } from '@muster/registry';
import { type DesiredMessage, type JsonObject, LastDiff, LastText, TOPICS } from '@muster/twin';
import { answer, begin, proceed, type Sent, type Step } from './desired-chain.js';
import type { EdgeClient, SendOutcome } from './edge/edge-client.js';

/** Filters under which a session gets a twin topic. */
const WILDCARDS = ['$twin/+', '$twin/#'];

/** What sessions share: devices of a fleet are told the same one after the other. */
export class SharedMessages {
  readonly #patches = new LastDiff();
  readonly #texts = new LastText();

  diff(before: JsonObject, after: JsonObject): JsonObject {
    return this.#patches.of(before, after);
  }

  /** The message as JSON text. */
  encode({ version, base, desired }: DesiredMessage): string {
    return `{"version":${version},"base":${base},"desired":${this.#texts.of(desired)}}`;
  }
}

interface SessionParts {
  readonly client: EdgeClient<DevicePrincipal>;
  readonly read: (id: string) => Awaitable<DeviceRecord | undefined>;
  readonly failed: (error: unknown) => void;
  /** Counts what was sent. */
  readonly pushed: (message: DesiredMessage) => void;
  readonly shared: SharedMessages;
}

/**
 * The conversation about desired with one connected device.
 *
 * - What is sent is computed when it is sent. While a message is under way nothing follows it: whatever
 *   changed meanwhile goes as one patch.
 * - `$twin/get` is always answered, at once; the chain goes on from the answer.
 */
export class DeviceSession {
  readonly #parts: SessionParts;
  readonly #gets: unknown[] = [];
  #sent: Sent | undefined;
  #inFlight = 0;
  #isDue = false;
  #isResumed = false;
  #isRunning = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** One for all messages: it is made for every device, not for every push. */
  readonly #done = (outcome: SendOutcome): void => {
    if (outcome === 'acknowledged') this.#isResumed = false;
    this.#inFlight -= 1;
    this.#run();
  };

  /** A new connection: a session that is resumed may already be subscribed. */
  resume(): void {
    this.#isResumed = this.#qosOf(TOPICS.desired) !== undefined;
    this.wake();
  }

  /**
   * After a SUBSCRIBE that covers the topic. Many clients subscribe again whenever they resume a session: what the
   * resumption began is not sent a second time.
   */
  begin(): void {
    if (!this.#isResumed) this.#sent = undefined;
    this.#isResumed = false;
    this.wake();
  }

  /** Whatever is subscribed to next begins anew. */
  unsubscribed(): void {
    this.#isResumed = false;
    this.#sent = undefined;
  }

  /** The desired document may have changed. */
  wake(): void {
    this.#isDue = true;
    this.#run();
  }

  get(version: unknown): void {
    this.#gets.push(version);
    this.#run();
  }

  /** To the device, if it subscribed to the topic. */
  reply(topic: string, message: object): void {
    const qos = this.#qosOf(topic);
    if (qos !== undefined) this.#parts.client.send(topic, JSON.stringify(message), qos, () => {});
  }

  #run(): void {
    if (this.#isRunning || !this.#isOpen || !this.#hasWork()) return;
    this.#isRunning = true;
    this.#work();
  }

  /** A device that comes back begins anew, and its backoff spares a store that does not answer. */
  #fail(error: unknown): void {
    this.#isRunning = false;
    this.#parts.failed(error);
    this.#parts.client.close('its twin could not be read');
  }

  /** Goes on at once where the twin is at hand: a configuration for the fleet comes through here for every device. */
  #work(): void {
    try {
      while (this.#isOpen && this.#hasWork()) {
        // Before it is read: whatever wakes the session while that goes on may be newer than what is read.
        if (this.#gets.length === 0) this.#isDue = false;
        const record = this.#parts.read(this.#parts.client.id);
        if (record instanceof Promise) {
          this.#resumeWith(record);
          return;
        }
        this.#proceed(record);
      }
      this.#isRunning = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  #resumeWith(record: Promise<DeviceRecord | undefined>): void {
    record
      .then((one) => {
        this.#proceed(one);
        this.#work();
      })
      .catch((error) => this.#fail(error));
  }

  #proceed(record: DeviceRecord | undefined): void {
    const qos = this.#qosOf(TOPICS.desired);
    if (!record || qos === undefined) {
      this.#reset();
      return;
    }
    const step = this.#next(record);
    this.#sent = step.sent;
    if (step.message) this.#send(step.message, qos);
  }

  #next(record: DeviceRecord): Step {
    if (this.#gets.length > 0) return answer(record, this.#gets.shift(), this.#sent);
    const { shared } = this.#parts;
    return this.#sent ? proceed(record, this.#sent, (before, after) => shared.diff(before, after)) : begin(record);
  }

  #hasWork(): boolean {
    return this.#gets.length > 0 || (this.#isDue && this.#inFlight === 0);
  }

  /** Nobody listens: a later SUBSCRIBE begins anew. */
  #reset(): void {
    this.#gets.length = 0;
    this.#isDue = false;
    this.#sent = undefined;
  }

  #send(message: DesiredMessage, qos: 0 | 1): void {
    this.#inFlight += 1;
    this.#parts.pushed(message);
    this.#parts.client.send(TOPICS.desired, this.#parts.shared.encode(message), qos, this.#done);
  }

  get #isOpen(): boolean {
    return this.#parts.client.isOpen;
  }

  /** Nearly every device subscribes to the topic itself; only the others are asked about wildcards. */
  #qosOf(topic: string): 0 | 1 | undefined {
    const { client } = this.#parts;
    const exact = client.subscription(topic);
    if (exact !== undefined && exact > 0) return 1;
    const granted = [exact, ...WILDCARDS.map((filter) => client.subscription(filter))].filter(
      (qos) => qos !== undefined,
    );
    if (granted.length === 0) return undefined;
    return Math.max(...granted) > 0 ? 1 : 0;
  }
}

export function isDesiredFilter(filter: string): boolean {
  return filter === TOPICS.desired || WILDCARDS.includes(filter);
}
