/** Time as an argument. `after` runs `work` once, `delayMs` from now, unless cancelled. */
export interface Clock {
  now(): number;
  after(delayMs: number, work: () => void): Cancel;
}

export type Cancel = () => void;
