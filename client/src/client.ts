import type { FeedEvent } from '@muster/api';
import type { Clock } from '@muster/twin';
import { type ChangesOptions, changes } from './changes.js';
import { Configurations } from './configurations.js';
import { Devices } from './devices.js';
import { type EventsOptions, events } from './events.js';
import { type Health, health } from './health.js';
import { Http } from './http.js';
import type { ServiceEvent } from './service-event.js';
import { createSystemClock } from './system-clock.js';
import type { ReadOptions } from './write-options.js';

export interface ClientOptions {
  /** Of the server's HTTP listener, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly token: string;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  /** In [0, 1), for the jitter of pauses. */
  readonly random?: () => number;
}

/** One Muster server, as a backend service or a console sees it. */
export class Client {
  readonly devices: Devices;
  readonly configurations: Configurations;
  readonly #http: Http;
  readonly #token: string;

  constructor(options: ClientOptions) {
    this.#http = new Http({
      url: options.url,
      token: options.token,
      // As a plain function: browsers refuse a fetch that is called as the method of something else.
      fetch: (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
      clock: options.clock ?? createSystemClock(),
      random: options.random ?? Math.random,
    });
    this.#token = options.token;
    this.devices = new Devices(this.#http);
    this.configurations = new Configurations(this.#http);
  }

  /** The change feed: misses nothing that the server still has, and says so when it does not. */
  changes(options: ChangesOptions = {}): AsyncGenerator<FeedEvent, void, undefined> {
    return changes(this.#http, options);
  }

  /** Events over MQTT: cheaper than the feed, for who can bear to miss some. */
  events(
    options: Omit<EventsOptions, 'token'> & { readonly token?: string },
  ): AsyncGenerator<ServiceEvent, void, undefined> {
    return events({ clock: this.#http.clock, random: this.#http.random }, { token: this.#token, ...options });
  }

  health(options: ReadOptions = {}): Promise<Health> {
    return health(this.#http, options);
  }
}
