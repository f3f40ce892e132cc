import { type Clock, LIMITS, TwinError } from '@muster/twin';
import { connect, ErrorWithReasonCode, type IClientOptions, type MqttClient } from 'mqtt';

/** Longest wait of `close` for publishes in flight, and for the server to close its end. */
const CLOSE_TIMEOUT_MS = 2_000;

/** TLS settings beyond the system's own roots, as PEM texts. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface LinkOptions {
  readonly url: string;
  readonly id: string;
  readonly secret?: string | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly clean: boolean;
  readonly keepaliveSeconds: number;
  readonly clock: Clock;
}

export interface LinkListener {
  connected(): void;
  received(topic: string, payload: Uint8Array): void;
  /** Called once, at the end, even if the link never connected. */
  closed(reason: Error): void;
}

/**
 * One MQTT 3.1.1 connection, from the attempt to its end. It never reconnects or resends: the state machine decides
 * what to send again.
 */
export class Link {
  readonly #client: MqttClient;
  readonly #clock: Clock;
  readonly #inFlight = new Set<Promise<unknown>>();
  #reason: Error = new TwinError('unavailable', 'the connection was closed');

  constructor(options: LinkOptions, listener: LinkListener) {
    this.#clock = options.clock;
    this.#client = connect(options.url, mqttOptions(options));
    this.#client.on('connect', () => listener.connected());
    this.#client.on('message', (topic, payload) => listener.received(topic, payload));
    this.#client.on('error', (error) => {
      this.#reason = refusal(error) ?? error;
    });
    this.#client.once('close', () => {
      this.#client.end(true);
      listener.closed(this.#reason);
    });
  }

  /** Publishes with QoS 1. Resolves with the PUBACK; rejects if the connection ends first. */
  publish(topic: string, message: object): Promise<unknown> {
    const sent = this.#client.publishAsync(topic, JSON.stringify(message), { qos: 1 });
    this.#inFlight.add(sent);
    return sent.finally(() => this.#inFlight.delete(sent));
  }

  /** Subscribes with QoS 1; rejects if the server refuses one of the topics. */
  async subscribe(topics: readonly string[]): Promise<void> {
    await this.#client.subscribeAsync([...topics], { qos: 1 });
  }

  /** Ends the connection at once; the listener's `closed` is called soon after. */
  drop(reason: Error): void {
    this.#reason = reason;
    this.#client.end(true);
  }

  /** Waits for publishes in flight, sends DISCONNECT and closes, in bounded time. */
  async close(): Promise<void> {
    await this.#atMost(Promise.allSettled(this.#inFlight));
    await this.#atMost(this.#client.endAsync(this.#inFlight.size > 0));
    this.#client.stream?.destroy();
  }

  #atMost(work: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(CLOSE_TIMEOUT_MS, () => resolve(undefined));
      work.finally(cancel).then(resolve, reject);
    });
  }
}

function mqttOptions({ id, secret, tls, clean, keepaliveSeconds }: LinkOptions): IClientOptions {
  return {
    clientId: id,
    username: id,
    ...(secret === undefined ? {} : { password: secret }),
    ...tls,
    clean,
    keepalive: keepaliveSeconds,
    connectTimeout: LIMITS.connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    protocolVersion: 4,
  };
}

/** The error of a refusing CONNACK (MQTT 3.1.1, table 3.1). Code 3, "server unavailable", is temporary. */
function refusal(error: Error): TwinError | undefined {
  if (!(error instanceof ErrorWithReasonCode)) return undefined;
  const text = `the server refused the connection with code ${error.code}`;
  if (error.code === 3) return new TwinError('unavailable', text, {}, { cause: error });
  if (error.code < 1 || error.code > 5) return undefined;
  return new TwinError('unauthorized', `${text}: check the id and the secret`, {}, { cause: error });
}
