import type { FeedEvent } from '@muster/api';
import type { Clock } from '@muster/twin';
import { Configurations } from './resources/configurations.js';
import { Devices } from './resources/devices.js';
import { type Health, health } from './resources/health.js';
import type { ReadOptions } from './resources/write-options.js';
import { type ChangesOptions, changes } from './streams/changes.js';
import { type EventsOptions, events } from './streams/events.js';
import type { ServiceEvent } from './streams/service-event.js';
import { Http } from './transport/http.js';
import { createSystemClock } from './transport/system-clock.js';

export interface ClientOptions {
  /** URL of the server's HTTP listener, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly token: string;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  /** Returns numbers in [0, 1), for the jitter of delays. Default: `Math.random`. */
  readonly random?: () => number;
}

/** A client of one Muster server, for a backend service or a console. */
export class Client {
  readonly devices: Devices;
  readonly configurations: Configurations;
  readonly #http: Http;
  readonly #token: string;

  constructor(options: ClientOptions) {
    this.#http = new Http({
      url: options.url,
      token: options.token,
      // A plain function: browsers refuse to call fetch as a method of another object.
      fetch: (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
      clock: options.clock ?? createSystemClock(),
      random: options.random ?? Math.random,
    });
    this.#token = options.token;
    this.devices = new Devices(this.#http);
    this.configurations = new Configurations(this.#http);
  }

  /** Follows the change feed. Misses no change that the server still has, and yields a `gap` for others. */
  changes(options: ChangesOptions = {}): AsyncGenerator<FeedEvent, void, undefined> {
    return changes(this.#http, options);
  }

  /** Follows events over MQTT: cheaper than the feed, but some may be missed. */
  events(
    options: Omit<EventsOptions, 'token'> & { readonly token?: string },
  ): AsyncGenerator<ServiceEvent, void, undefined> {
    return events({ clock: this.#http.clock, random: this.#http.random }, { token: this.#token, ...options });
  }

  health(options: ReadOptions = {}): Promise<Health> {
    return health(this.#http, options);
  }
}
