import type { Candidates } from '@muster/conditions';
import type { DeviceRecord, Registry } from '@muster/registry';
import type { Clock } from '@muster/twin';
import { Slicer } from '../workqueue/slicer.js';

/** Records read at a time. */
const PAGE = 64;
/** Below this many candidates, read exactly those, even in a small fleet. */
const READ_ALL_FROM = 1_000;
/** Reading a single device takes about the time of reading two in a row. */
const READ_ALL_SHARE = 2;

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

  /**
   * Visits the candidates with an id above `after`, in id order. If they are most of the fleet, it visits every device:
   * filtering would cost as much. The fleet may change meanwhile.
   */
  async found(found: Candidates, visit: DeviceVisit, after?: string): Promise<boolean> {
    const isMost = found.sizeMax >= READ_ALL_FROM && found.sizeMax * READ_ALL_SHARE > found.indexed;
    return isMost ? this.all(visit, after) : this.of(found.walkInOrder(after), visit);
  }

  /** Visits all devices with an id above `after`, in id order. */
  async all(visit: DeviceVisit, after?: string): Promise<boolean> {
    for await (const page of this.#registry.devices.pages(after)) {
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
