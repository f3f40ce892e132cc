import type { Awaitable, DevicePrincipal, DeviceRecord } from '@muster/registry';
import { type DesiredMessage, type JsonObject, LastDiff, LastText, TOPICS } from '@muster/twin';
import { begin, proceed, replyToGet, type Sent, type Step } from './desired-chain.js';
import type { EdgeClient, SendOutcome } from './edge/edge-client.js';

/** Wildcard filters that match the twin topics of a device. */
const WILDCARDS = ['$twin/+', '$twin/#'];

/** Shares patches and texts between sessions: the devices of a fleet are sent the same ones in a row. */
export class SharedMessages {
  readonly #patches = new LastDiff();
  readonly #texts = new LastText();

  diff(before: JsonObject, after: JsonObject): JsonObject {
    return this.#patches.of(before, after);
  }

  /** Returns the message as JSON text. */
  encode({ version, base, desired }: DesiredMessage): string {
    return `{"version":${version},"base":${base},"desired":${this.#texts.of(desired)}}`;
  }
}

interface SessionParts {
  readonly client: EdgeClient<DevicePrincipal>;
  readonly read: (id: string) => Awaitable<DeviceRecord | undefined>;
  readonly failed: (error: unknown) => void;
  /** Counts a message. */
  readonly pushed: (message: DesiredMessage) => void;
  readonly shared: SharedMessages;
}

/**
 * Sends desired messages to one connected device.
 *
 * - A message is computed when it is sent. Changes while it is in flight wait, and become one patch.
 * - `$twin/get` is always answered, at once. The chain continues from the reply.
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

  /** One callback for all messages: it is made once a session, not once a push. */
  readonly #done = (outcome: SendOutcome): void => {
    if (outcome === 'acknowledged') this.#isResumed = false;
    this.#inFlight -= 1;
    this.#run();
  };

  /** Starts on a new connection: a resumed session may be subscribed already. */
  resume(): void {
    this.#isResumed = this.#qosOf(TOPICS.desired) !== undefined;
    this.wake();
  }

  /**
   * Starts after a SUBSCRIBE that covers the topic. Many clients subscribe again after they resumed a session: then the
   * message of the resumption is not sent again.
   */
  begin(): void {
    if (!this.#isResumed) this.#sent = undefined;
    this.#isResumed = false;
    this.wake();
  }

  /** Resets the chain: the next SUBSCRIBE starts from the acknowledged version. */
  unsubscribed(): void {
    this.#isResumed = false;
    this.#sent = undefined;
  }

  /** Sends a patch if the desired document has changed. */
  wake(): void {
    this.#isDue = true;
    this.#run();
  }

  get(version: unknown): void {
    this.#gets.push(version);
    this.#run();
  }

  /** Sends a reply if the device is subscribed to its topic. */
  reply(topic: string, message: object): void {
    const qos = this.#qosOf(topic);
    if (qos !== undefined) this.#parts.client.send(topic, JSON.stringify(message), qos, () => {});
  }

  #run(): void {
    if (this.#isRunning || !this.#isOpen || !this.#hasWork()) return;
    this.#isRunning = true;
    this.#work();
  }

  /** Closes the connection. The device reconnects and starts from scratch; its backoff spares a failing store. */
  #fail(error: unknown): void {
    this.#isRunning = false;
    this.#parts.failed(error);
    this.#parts.client.close('its twin could not be read');
  }

  /** Proceeds synchronously if the twin is in memory: a configuration for the fleet runs this once a device. */
  #work(): void {
    try {
      while (this.#isOpen && this.#hasWork()) {
        // Clear the flag before reading: a wake-up during the read may announce something newer.
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
    if (this.#gets.length > 0) return replyToGet(record, this.#gets.shift(), this.#sent);
    const { shared } = this.#parts;
    return this.#sent ? proceed(record, this.#sent, (before, after) => shared.diff(before, after)) : begin(record);
  }

  #hasWork(): boolean {
    return this.#gets.length > 0 || (this.#isDue && this.#inFlight === 0);
  }

  /** Called if the device is gone or not subscribed: the next SUBSCRIBE starts from the acknowledged version. */
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

  /** Nearly every device subscribes to the topic itself, so wildcards are looked up for the others only. */
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
