export type StoreVerb = 'read' | 'scan' | 'update' | 'changes';

/** The faults that are switched on. Chance decides when one occurs. */
export interface Faults {
  readonly failingVerbs: Set<StoreVerb>;
  failProbability: number;
  /** Maximum turns of the event loop before a verb of the store resolves or a flush ends. */
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
