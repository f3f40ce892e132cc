export type StoreVerb = 'read' | 'scan' | 'update' | 'changes';

/** What goes wrong at the moment. Everything is decided by chance, when it comes to it. */
export interface Faults {
  readonly failingVerbs: Set<StoreVerb>;
  failProbability: number;
  /** At most so many turns of the event loop pass before a verb of the store is answered, or a flush is over. */
  delayTurnsMax: number;
  loseWakeUpProbability: number;
  repeatWakeUpProbability: number;
  duplicateProbability: number;
  storageFailProbability: number;
}

export function noFaults(): Faults {
  return {
    failingVerbs: new Set(),
    failProbability: 0,
    delayTurnsMax: 0,
    loseWakeUpProbability: 0,
    repeatWakeUpProbability: 0,
    duplicateProbability: 0,
    storageFailProbability: 0,
  };
}
