import type { Log } from '@muster/twin';
import type { Health } from './health.js';

/** So many more devices make another line of the log. */
const LOGGED_EVERY = 50_000;

/** Tells how far the reading of the fleet at a start has come: health each time it hears of it, the log now and then. */
export class FleetReading {
  readonly #health: Health;
  readonly #log: Log;
  #logged = 0;

  constructor(health: Health, log: Log) {
    this.#health = health;
    this.#log = log;
    health.report('reconciler', { devicesRead: 0 });
  }

  hear(devicesRead: number): void {
    this.#health.report('reconciler', { devicesRead });
    if (devicesRead - this.#logged < LOGGED_EVERY) return;
    this.#logged = devicesRead;
    this.#log('info', 'reading the fleet', { devicesRead });
  }
}
