import { NumberSet } from '../../collections/number-set.js';
import { SortedBlocks } from '../../collections/sorted-blocks.js';

/** Devices by number, id and name, sorted by id and by name. Numbers of removed devices are reused. */
export class DeviceTable {
  readonly all = new NumberSet();
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #names: string[] = [];
  /** The count of added devices when the number was assigned or released. */
  readonly #addedAt: number[] = [];
  readonly #free: number[] = [];
  readonly #byId = new SortedBlocks<number>((left, right) => compare(this.id(left), this.id(right)));
  /** Undefined while the name of every device is its id. */
  #byName: SortedBlocks<number> | undefined;
  #added = 0;
  #lastId: string | undefined;
  #lastNumber: number | undefined;

  get size(): number {
    return this.#numbers.size;
  }

  /** The number of devices ever added. */
  get added(): number {
    return this.#added;
  }

  /**
   * Remembers the last id and tries the next number first, because a lookup in a map of millions is slow. Every change
   * asks several times for one id, and walks ask in the order of numbers.
   */
  numberOf(id: string): number | undefined {
    if (id === this.#lastId) return this.#lastNumber;
    const next = (this.#lastNumber ?? -1) + 1;
    this.#lastNumber = this.#ids[next] === id && this.all.has(next) ? next : this.#numbers.get(id);
    this.#lastId = id;
    return this.#lastNumber;
  }

  id(number: number): string {
    return this.#ids[number] as string;
  }

  name(number: number): string {
    return this.#names[number] as string;
  }

  /** Whether `number` has belonged to the same device since `added` devices had been added. */
  isSince(number: number, added: number): boolean {
    return (this.#addedAt[number] as number) < added;
  }

  byId(): SortedBlocks<number> {
    return this.#byId;
  }

  byName(): SortedBlocks<number> {
    return this.#byName ?? this.#byId;
  }

  /** The next numbers in the order of ids. */
  following(after: string | undefined, limit: number): number[] {
    const numbers: number[] = [];
    for (const number of this.#byId.walk(this.#byId.from((held) => after === undefined || this.id(held) > after))) {
      if (numbers.push(number) === limit) break;
    }
    return numbers;
  }

  add(id: string, name: string): number {
    const number = this.#free.pop() ?? this.#ids.length;
    if (name !== id) this.#tellNamesFromIds();
    this.#ids[number] = id;
    this.#names[number] = name === id ? id : name;
    this.#addedAt[number] = this.#added;
    this.#added += 1;
    this.#numbers.set(id, number);
    this.#lastId = undefined;
    this.all.add(number);
    this.#byId.add(number);
    this.#byName?.add(number);
    return number;
  }

  rename(number: number, name: string): void {
    if (this.name(number) === name) return;
    this.#tellNamesFromIds();
    this.#byName?.delete(number);
    this.#names[number] = name === this.id(number) ? this.id(number) : name;
    this.#byName?.add(number);
  }

  remove(number: number): void {
    this.#byId.delete(number);
    this.#byName?.delete(number);
    this.#numbers.delete(this.id(number));
    this.#lastId = undefined;
    this.all.delete(number);
    this.#ids[number] = '';
    this.#names[number] = '';
    this.#addedAt[number] = this.#added;
    this.#free.push(number);
  }

  #tellNamesFromIds(): void {
    if (this.#byName) return;
    this.#byName = this.#byId.copy((left, right) => compare(this.name(left), this.name(right)) || left - right);
  }
}

/** By UTF-16 code unit, as the language compares. */
function compare(left: string, right: string): number {
  if (left < right) return -1;
  return left === right ? 0 : 1;
}
