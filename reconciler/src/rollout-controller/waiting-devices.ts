import { takeMerged } from './take-merged.js';
import { Waiting } from './waiting.js';

interface WaitingParts {
  /** The place of a device in the order of admission. */
  readonly orderOf: (id: string) => number;
  readonly idOf: (number: number) => string;
}

/** How many numbers the array grows by. */
const GROWTH = 1.5;

/**
 * Matching devices that are not admitted yet, by number, each in its deciding time zone. Devices of open zones are taken
 * in the order of admission.
 */
export class WaitingDevices {
  readonly #parts: WaitingParts;
  readonly #zones: { readonly name: string; readonly waiting: Waiting }[] = [];
  /** For each number the index of its zone in the list, from 1; 0 if it does not wait. */
  #places = new Uint16Array(256);
  #size = 0;

  constructor(parts: WaitingParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#size;
  }

  /** Zones with waiting devices. */
  zones(): string[] {
    return this.#zones.filter(({ waiting }) => waiting.size > 0).map(({ name }) => name);
  }

  sizeIn(zone: string): number {
    return this.#zones.find(({ name }) => name === zone)?.waiting.size ?? 0;
  }

  /** Adds a device, or moves it from another zone. Returns whether anything changed. */
  add(number: number, id: string, zone: string): boolean {
    const place = this.#placeOf(zone);
    if (this.#places[number] === place) return false;
    this.remove(number, id);
    this.#reserve(number);
    this.#places[number] = place;
    this.#zones[place - 1]?.waiting.add(number, this.#parts.orderOf(id));
    this.#size += 1;
    return true;
  }

  /** Returns whether the device waited. */
  remove(number: number, id: string): boolean {
    const place = this.#places[number] ?? 0;
    if (place === 0) return false;
    this.#places[number] = 0;
    this.#zones[place - 1]?.waiting.remove(number, this.#parts.orderOf(id));
    this.#size -= 1;
    return true;
  }

  /** Removes and returns the first devices of open zones, at most `count`. */
  take(count: number, isOpen: (zone: string) => boolean): number[] {
    const open = this.#zones.filter(({ name, waiting }) => waiting.size > 0 && isOpen(name));
    const taken =
      open.length === 1
        ? (open[0]?.waiting.take(count) ?? [])
        : takeMerged(
            open.map(({ waiting }) => waiting),
            count,
          );
    for (const number of taken) this.#places[number] = 0;
    this.#size -= taken.length;
    return taken;
  }

  /** Numbers of removed devices are reused, so the array stays small. */
  #reserve(number: number): void {
    if (number < this.#places.length) return;
    const places = new Uint16Array(Math.ceil((number + 1) * GROWTH));
    places.set(this.#places);
    this.#places = places;
  }

  #placeOf(zone: string): number {
    const index = this.#zones.findIndex(({ name }) => name === zone);
    if (index >= 0) return index + 1;
    const compareTied = (left: number, right: number): number =>
      this.#parts.idOf(left) < this.#parts.idOf(right) ? -1 : 1;
    return this.#zones.push({ name: zone, waiting: new Waiting(compareTied) });
  }
}
