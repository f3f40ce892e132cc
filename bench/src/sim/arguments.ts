import { parseArgs } from 'node:util';
import { MUTATIONS } from './mutations/mutations.js';

export interface SimulationArguments {
  readonly seeds: { readonly first: number; readonly last: number };
  readonly steps: number;
  /** A name of `MUTATIONS`. */
  readonly mutate?: string;
  /** Indices of the commands to perform. Absent: all. */
  readonly only?: readonly number[];
  readonly isSoak: boolean;
  readonly isVerbose: boolean;
}

const STEPS = 100;

/** Throws an error with the text to print if a word is not understood. */
export function parseArguments(words: readonly string[]): SimulationArguments {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      steps: { type: 'string' },
      mutate: { type: 'string' },
      only: { type: 'string' },
      soak: { type: 'boolean' },
      verbose: { type: 'boolean' },
    },
  });
  const { mutate, only } = values;
  if (mutate !== undefined && !Object.hasOwn(MUTATIONS, mutate)) {
    throw new Error(`there is no mutation ${mutate}; there are ${Object.keys(MUTATIONS).join(', ')}`);
  }
  return {
    seeds: range(values.seeds ?? values.seed ?? '1'),
    steps: numberOf(values.steps ?? String(STEPS)),
    ...(mutate === undefined ? {} : { mutate }),
    ...(only === undefined ? {} : { only: only.split(',').filter(Boolean).map(numberOf) }),
    isSoak: values.soak === true,
    isVerbose: values.verbose === true,
  };
}

function range(text: string): { first: number; last: number } {
  const [first = '', last = first] = text.split('..');
  return { first: numberOf(first), last: numberOf(last) };
}

function numberOf(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && text !== '') return value;
  throw new Error(`${text} is no whole number`);
}
