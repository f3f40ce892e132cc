/** Time as an argument. `after` runs `work` once, `delayMs` from now, unless cancelled. */
export interface Clock {
  now(): number;
  after(delayMs: number, work: () => void): Cancel;
}

/** A clock that also measures stretches of time by what no setting of the time on the wall touches. */
export interface SteadyClock extends Clock {
  /** Milliseconds since some moment before; never falls. */
  elapsed(): number;
}

export type Cancel = () => void;
