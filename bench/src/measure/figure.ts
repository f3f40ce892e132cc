/** One result of a bench, by which two checkouts can be compared. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Whether a higher value is better. */
  readonly isRate?: boolean;
}

export interface BenchOptions {
  readonly size: number | undefined;
  /** Whether the bench runs for its figures only: once, and without the programs that it is usually compared with. */
  readonly isCompared: boolean;
}

export type Bench = (options: BenchOptions) => Promise<readonly Figure[]>;
