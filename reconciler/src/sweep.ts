import type { Registry } from '@muster/registry';
import type { Cancel, Clock } from '@muster/twin';

const PAGE = 256;

interface SweepParts {
  readonly registry: Registry;
  readonly clock: Clock;
  /** One round over the whole fleet takes about this long. */
  readonly intervalMs: number;
  readonly devices: () => number;
  readonly visit: (id: string) => void;
  readonly failed: (error: unknown) => void;
}

/** Looks at every device once an interval, spread out: the net under everything that is told by events. */
export class Sweep {
  readonly #parts: SweepParts;
  #cancel: Cancel | undefined;
  #after = '';

  constructor(parts: SweepParts) {
    this.#parts = parts;
  }

  start(): void {
    const pages = Math.max(1, Math.ceil(this.#parts.devices() / PAGE));
    this.#cancel = this.#parts.clock.after(this.#parts.intervalMs / pages, () => {
      this.#page()
        .catch(this.#parts.failed)
        .finally(() => {
          if (this.#cancel) this.start();
        });
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #page(): Promise<void> {
    let visited = 0;
    for await (const { id } of this.#parts.registry.devices(this.#after)) {
      this.#parts.visit(id);
      this.#after = id;
      visited += 1;
      if (visited === PAGE) return;
    }
    this.#after = '';
  }
}
