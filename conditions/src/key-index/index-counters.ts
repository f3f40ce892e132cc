/** How much an index holds, and what it has done since it was made. */
export interface IndexCounters {
  /** Keys that were added. */
  readonly conditions: number;
  /** Conditions as stored: those with the same canonical text are one. */
  readonly distinct: number;
  /** Distinct conditions that are examined for every subject, for nothing can be looked up. */
  readonly scanned: number;
  /** Distinct conditions that are examined for nearly every subject that has, or has not, a value at some path. */
  readonly broad: number;
  /** Distinct conditions that are never TRUE and never examined. */
  readonly never: number;
  /** Entries in posting lists, over all distinct conditions. */
  readonly postings: number;
  /** Posting lists, those that tell the postings of another list apart included. */
  readonly lists: number;
  /** Distinct paths that are read. */
  readonly paths: number;
  /** Calls of `match`. */
  readonly questions: number;
  /** Distinct conditions that those calls examined, in all. */
  readonly candidates: number;
  /** How often a condition was filed anew, because it was examined in vain too often. */
  readonly reinserted: number;
}
