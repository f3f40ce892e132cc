import { type Awaitable, type DeviceRecord, prefetched, type Registry } from '@muster/registry';
import type { Clock } from '@muster/twin';
import { connectedFirst } from './connected-first.js';
import { Slicer } from './slicer.js';
import type { Touched } from './touched.js';
import { QUEUED_MAX } from './worker.js';

interface WakerParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly connected: ReadonlySet<string>;
  readonly isDue: (record: DeviceRecord) => boolean;
  readonly wake: (device: string, cause: 'start' | 'change') => void;
  /** Whether more may be woken at once; else `room` is awaited. */
  readonly hasRoom: () => boolean;
  readonly room: () => Promise<void>;
}

/** Walks over devices and wakes those that are touched, in slices, never more at a time than may wait. */
export class Waker {
  readonly #parts: WakerParts;
  #isStopped = false;

  constructor(parts: WakerParts) {
    this.#parts = parts;
  }

  /** What is under way ends soon. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Those that are connected first, where not all of them may wait in memory at once. */
  async wakeTouched(touched: Touched): Promise<void> {
    const { candidates } = touched;
    const met = new Set<string>();
    if (candidates.sizeMax > QUEUED_MAX) {
      await this.#wakeEach(this.#parts.connected, touched, (id) => candidates.has(id) && met.add(id).has(id));
    }
    await this.#wakeEach(candidates.ids(), touched, (id) => !met.has(id));
  }

  /** All that are due. */
  async wakeAll(cause: 'start' | 'change'): Promise<void> {
    const { registry, clock, connected, isDue, wake, room } = this.#parts;
    const slicer = new Slicer(clock);
    for await (const page of connectedFirst(registry, connected)) {
      for (const record of page) {
        if (this.#isStopped) return;
        if (isDue(record)) wake(record.id, cause);
        const pause = slicer.pause();
        if (pause) await pause;
      }
      await room();
    }
  }

  async #wakeEach(ids: Iterable<string>, touched: Touched, isMeant: (id: string) => boolean): Promise<void> {
    const { registry, clock, wake, hasRoom, room } = this.#parts;
    const slicer = new Slicer(clock);
    for (const id of touched.candidates.isExact ? ids : prefetched(registry, ids)) {
      if (this.#isStopped) return;
      const asked = isMeant(id) && this.#isTouched(id, touched);
      if (asked instanceof Promise ? await asked : asked) wake(id, 'change');
      if (!hasRoom()) await room();
      const pause = slicer.pause();
      if (pause) await pause;
    }
  }

  #isTouched(id: string, { candidates, isTouched }: Touched): Awaitable<boolean> {
    if (candidates.isExact) return true;
    const read = this.#parts.registry.readDevice(id);
    if (read instanceof Promise) return read.then((record) => record !== undefined && isTouched(record));
    return read !== undefined && isTouched(read);
  }
}
