import type { DeviceRecord } from '@muster/registry';
import type { Affected } from '../fleet/affected.js';
import { DeviceWalk, type DeviceWalkParts } from '../fleet/device-walk.js';
import type { Signals } from '../workqueue/signals.js';
import { Slicer } from '../workqueue/slicer.js';
import { QUEUED_MAX } from '../workqueue/worker.js';

interface FleetWalkerParts extends DeviceWalkParts, Pick<Signals, 'wake' | 'room'> {
  readonly connected: ReadonlySet<string>;
  readonly isDue: (record: DeviceRecord) => boolean;
}

/** Walks over the fleet and queues affected devices, never more at a time than may wait in memory. */
export class FleetWalker {
  readonly #parts: FleetWalkerParts;
  #isStopped = false;

  constructor(parts: FleetWalkerParts) {
    this.#parts = parts;
  }

  /** Walks in progress end at their next step. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Queues affected devices; the connected ones first, if not all of them may wait in memory at once. */
  async wakeAffected(affected: Affected): Promise<void> {
    const { connected } = this.#parts;
    const { candidates } = affected;
    const met = new Set<string>();
    if (candidates.sizeMax > QUEUED_MAX) {
      await this.#wakeEach(connected, affected, (id) => candidates.has(id) && met.add(id).has(id));
    }
    await this.#wakeEach(candidates.ids(), affected, (id) => !met.has(id));
  }

  /** Queues all devices that are due. */
  async wakeAll(cause: 'start' | 'change'): Promise<void> {
    const { connected, isDue } = this.#parts;
    const walk = new DeviceWalk(this.#parts);
    await walk.connectedFirst(connected, (record) => this.#next(record.id, isDue(record), cause));
  }

  async #wakeEach(ids: Iterable<string>, { candidates, isAffected }: Affected, isMeant: (id: string) => boolean) {
    if (candidates.isExact) {
      await new Slicer(this.#parts.clock).each(ids, (id) => this.#next(id, isMeant(id), 'change'));
    } else {
      const walk = new DeviceWalk(this.#parts);
      await walk.of(filtered(ids, isMeant), (record) => this.#next(record.id, isAffected(record), 'change'));
    }
  }

  #next(id: string, isWoken: boolean, cause: 'start' | 'change'): false | Promise<void> | undefined {
    if (this.#isStopped) return false;
    if (isWoken) this.#parts.wake(id, cause);
    return this.#parts.room();
  }
}

/** The ids that are meant, with undefined in place of the others, so that skipping them may pause. */
function* filtered(ids: Iterable<string>, isMeant: (id: string) => boolean): Generator<string | undefined> {
  for (const id of ids) yield isMeant(id) ? id : undefined;
}
