import { LIMITS, TwinError } from '@muster/twin';
import type { IClientOptions, MqttClient } from 'mqtt';
import { EventQueue } from './event-queue.js';
import { parseServiceEvent, type ServiceEvent } from './service-event.js';
import { type Platform, waitToReconnect } from './wait-to-reconnect.js';

const EVENTS_WAITING_MAX = 10_000;
const FILTERS_DEFAULT = ['twins/+/desired', 'twins/+/reported', 'twins/+/acknowledged', 'twins/+/presence'];

export interface EventsOptions {
  /** URL of the server's MQTT listener: `mqtt://` or `mqtts://`; in browsers `ws://` or `wss://`. */
  readonly url: string;
  readonly token: string;
  /** MQTT topic filters; default: the four events of every twin. */
  readonly filters?: readonly string[];
  /** Must not be the id of a device; default: chosen at random. */
  readonly clientId?: string;
  /** Ends the loop without an error. */
  readonly signal?: AbortSignal;
}

/**
 * Yields events as they arrive, over any number of connections, and a `gap` where events may be missing. Throws
 * `unauthorized` if the server refuses the token, and `forbidden` if it refuses a filter.
 */
export async function* events(
  platform: Platform,
  options: EventsOptions,
): AsyncGenerator<ServiceEvent, void, undefined> {
  // Loaded on first use, so that a program without MQTT does not include it; browsers have only its default export.
  const { connect } = (await import('mqtt')).default;
  const clientId = options.clientId ?? `service-${Math.floor(platform.random() * 2 ** 48).toString(36)}`;
  let [failures, wasConnected] = [0, false];
  while (!options.signal?.aborted) {
    const session = new Session(connect(options.url, mqttOptions(clientId, options.token)), options);
    try {
      if (await session.opened) {
        if (wasConnected) yield { kind: 'gap', reason: 'reconnected' };
        [failures, wasConnected] = [0, true];
        yield* session.events();
      }
    } finally {
      session.close();
    }
    await waitToReconnect(platform, failures, options.signal);
    failures += 1;
  }
}

function mqttOptions(clientId: string, token: string): IClientOptions {
  return {
    clientId,
    username: 'token',
    password: token,
    clean: true,
    connectTimeout: LIMITS.connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    protocolVersion: 4,
  };
}

/** One connection, from the attempt to its end. */
class Session {
  /** Resolves with true once subscribed, with false if the connection failed; rejects if a retry cannot help. */
  readonly opened: Promise<boolean>;
  readonly #mqtt: MqttClient;
  readonly #queue = new EventQueue<ServiceEvent>(EVENTS_WAITING_MAX);
  #isClosed = false;
  #failure: unknown;

  constructor(mqtt: MqttClient, { filters = FILTERS_DEFAULT, signal }: EventsOptions) {
    this.#mqtt = mqtt;
    const aborted = (): void => this.close();
    signal?.addEventListener('abort', aborted, { once: true });
    mqtt.on('message', (topic, payload) => this.#receive(topic, payload));
    mqtt.once('close', () => {
      signal?.removeEventListener('abort', aborted);
      this.close();
    });
    this.opened = this.#open(filters);
  }

  async *events(): AsyncGenerator<ServiceEvent, void, undefined> {
    for (let next = await this.#queue.next(); next !== undefined; next = await this.#queue.next()) {
      yield 'item' in next ? next.item : { kind: 'gap', reason: 'overflow' };
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  close(): void {
    this.#isClosed = true;
    this.#queue.end();
    this.#mqtt.end(true);
  }

  async #open(filters: readonly string[]): Promise<boolean> {
    if (!(await this.#connected())) return false;
    try {
      await this.#mqtt.subscribeAsync([...filters], { qos: 1 });
      return true;
    } catch (cause) {
      if (this.#isClosed) return false;
      throw new TwinError('forbidden', `the server refused one of the filters ${filters.join(', ')}`, {}, { cause });
    }
  }

  /** CONNACK codes 4 and 5 refuse the token (MQTT 3.1.1, table 3.1); other failures may be temporary. */
  #connected(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#mqtt.once('connect', () => resolve(true));
      this.#mqtt.once('close', () => resolve(false));
      this.#mqtt.on('error', (error) => {
        const isRefused = 'code' in error && (error.code === 4 || error.code === 5);
        if (isRefused) reject(new TwinError('unauthorized', 'the server refused the token', {}, { cause: error }));
      });
    });
  }

  #receive(topic: string, payload: Uint8Array): void {
    try {
      const event = parseServiceEvent(topic, payload);
      if (event !== undefined) this.#queue.push(event);
    } catch (error) {
      this.#failure = error;
      this.close();
    }
  }
}
