/** So many rows are read at once where they are asked for one after the other. */
const ROWS_MAX = 64;
/** Of so many rows that are asked for out of order, one is read with some that follow: to see whether they are next. */
const PROBE_EVERY = 16;
const PROBE_ROWS = 4;
/** Rows that may be left out and it still counts as one after the other. */
const LEFT_OUT_MAX = 8;

interface Row {
  readonly key: string;
  readonly value: string;
}

interface Table {
  get(key: string): string | undefined;
  getRange(options: { readonly start: string; readonly limit: number }): Iterable<Row>;
}

/**
 * Reads single rows of a table, and while they are asked for in the order of their keys many at once, which takes half
 * the time. What was read ahead has to be dropped when rows are written.
 */
export class ReadAhead {
  readonly #table: Table;
  #rows: readonly Row[] = [];
  /** The first of them that was not passed yet. */
  #next = 0;
  /** How many are read next. */
  #span = 1;
  #single = 0;

  constructor(table: Table) {
    this.#table = table;
  }

  get(key: string): string | undefined {
    return this.#ahead(key) ?? this.#read(key);
  }

  /** Rows may have been written: what was read ahead is outdated. */
  drop(): void {
    this.#rows = [];
    this.#next = 0;
  }

  #ahead(key: string): string | undefined {
    const end = Math.min(this.#rows.length, this.#next + LEFT_OUT_MAX);
    for (let index = this.#next; index < end; index += 1) {
      const row = this.#rows[index];
      if (row?.key !== key) continue;
      this.#next = index + 1;
      this.#span = ROWS_MAX;
      return row.value;
    }
    return undefined;
  }

  #read(key: string): string | undefined {
    if (this.#rows.length - this.#next > LEFT_OUT_MAX) this.#span = 1;
    if (this.#span > 1) return this.#readMany(key, this.#span);
    this.#single += 1;
    return this.#single % PROBE_EVERY === 0 ? this.#readMany(key, PROBE_ROWS) : this.#readOne(key);
  }

  #readOne(key: string): string | undefined {
    this.drop();
    return this.#table.get(key);
  }

  #readMany(key: string, limit: number): string | undefined {
    this.#rows = [...this.#table.getRange({ start: key, limit })];
    this.#next = 0;
    const [first] = this.#rows;
    if (first?.key !== key) return undefined;
    this.#next = 1;
    return first.value;
  }
}
