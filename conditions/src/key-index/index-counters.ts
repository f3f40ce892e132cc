/** The contents of an index, and its work since it was created. */
export interface IndexCounters {
  /** Keys. */
  readonly conditions: number;
  /** Stored conditions: conditions with the same canonical text are stored once. */
  readonly distinct: number;
  /** Distinct conditions that are tested for every subject, because they cannot be looked up. */
  readonly scanned: number;
  /** Distinct conditions that are tested for nearly every subject that has, or lacks, a value at some path. */
  readonly broad: number;
  /** Distinct conditions that are never TRUE and never tested. */
  readonly never: number;
  /** Entries in posting lists, over all distinct conditions. */
  readonly postings: number;
  /** Posting lists, refinements included. */
  readonly lists: number;
  /** Distinct paths that conditions read. */
  readonly paths: number;
  /** Calls of `match`. */
  readonly questions: number;
  /** Distinct conditions that those calls tested. */
  readonly candidates: number;
  /** How often a condition was inserted under other keys, because it missed too often. */
  readonly reinserted: number;
}
