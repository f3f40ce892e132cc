import type { FindFigures } from './measure-find.js';

export interface RestartFigures {
  readonly devices: number;
  readonly readySeconds: number;
  readonly processorSeconds: number;
  readonly anonymousBytes: number;
  readonly finds: readonly FindFigures[];
}
