import type { DeviceRecord, Registry } from '@muster/registry';
import type { Clock } from '@muster/twin';
import { Slicer } from '../workqueue/slicer.js';

/** Records read at a time. */
const PAGE = 64;

export interface DeviceWalkParts {
  readonly registry: Pick<Registry, 'devices'>;
  readonly clock: Clock;
}

/** Called for each device; the walk ends early when it returns, or resolves to, false. */
export type DeviceVisit = (record: DeviceRecord) => unknown;

/**
 * Visits the records of registered devices, in slices. Records are read in pages, so a device may have changed since its
 * record was read. Each verb returns whether the walk got to the end.
 */
export class DeviceWalk {
  readonly #registry: DeviceWalkParts['registry'];
  readonly #slicer: Slicer;

  constructor({ registry, clock }: DeviceWalkParts) {
    this.#registry = registry;
    this.#slicer = new Slicer(clock);
  }

  /** Visits the devices with these ids, in their order. An undefined id is a step of a search that found no device. */
  async of(ids: Iterable<string | undefined>, visit: DeviceVisit): Promise<boolean> {
    const page: string[] = [];
    const isAtEnd = await this.#slicer.each(ids, (id) => {
      if (id !== undefined) page.push(id);
      return page.length < PAGE || this.#visitPage(page.splice(0), visit);
    });
    return isAtEnd && this.#visitPage(page, visit);
  }

  /** Visits all devices, in id order. */
  async all(visit: DeviceVisit): Promise<boolean> {
    for await (const page of this.#registry.devices.pages()) {
      if (!(await this.#slicer.each(page, visit))) return false;
    }
    return true;
  }

  /**
   * Visits all devices, the connected ones first. The fleet may change meanwhile: a device that connects or disconnects
   * is still visited once.
   */
  async connectedFirst(connected: ReadonlySet<string>, visit: DeviceVisit): Promise<boolean> {
    const visited = new Set<string>();
    const isAtEnd = await this.of(distinct(connected, visited), visit);
    return isAtEnd && this.all((record) => visited.has(record.id) || visit(record));
  }

  async #visitPage(ids: readonly string[], visit: DeviceVisit): Promise<boolean> {
    const read = this.#registry.devices.readMany(ids);
    return this.#slicer.each(read instanceof Promise ? await read : read, visit);
  }
}

/** Each id once, also if it is removed from the set and added again meanwhile. */
function* distinct(ids: ReadonlySet<string>, seen: Set<string>): Generator<string> {
  for (const id of ids) {
    if (seen.has(id)) continue;
    seen.add(id);
    yield id;
  }
}
