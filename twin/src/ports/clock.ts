/** The time, passed as an argument. `after` runs `work` once after `delayMs`, unless it is cancelled. */
export interface Clock {
  now(): number;
  after(delayMs: number, work: () => void): Cancel;
}

/** A clock that also measures elapsed time. Setting the system time does not affect it. */
export interface SteadyClock extends Clock {
  /** Milliseconds since an arbitrary moment; never decreases. */
  elapsed(): number;
}

export type Cancel = () => void;
