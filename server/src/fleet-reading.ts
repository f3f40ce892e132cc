import type { Log } from '@muster/twin';
import type { Health } from './health.js';

/** Devices between two lines of the log. */
const LOGGED_EVERY = 50_000;

/** Reports the progress of the first read of the fleet: to health on each step, to the log every 50,000 devices. */
export class FleetReading {
  readonly #health: Health;
  readonly #log: Log;
  #logged = 0;

  constructor(health: Health, log: Log) {
    this.#health = health;
    this.#log = log;
    health.report('reconciler', { devicesRead: 0 });
  }

  advance(devicesRead: number): void {
    this.#health.report('reconciler', { devicesRead });
    if (devicesRead - this.#logged < LOGGED_EVERY) return;
    this.#logged = devicesRead;
    this.#log('info', 'reading the fleet', { devicesRead });
  }
}
