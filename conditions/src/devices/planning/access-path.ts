import { NumberSet } from '../../collections/number-set.js';
import type { Keep } from '../storage/preparation.js';

/** What an index can say about a condition, before anything is collected. Good until the index changes. */
export interface Answer {
  /** Never below the number of devices of which the condition is TRUE. */
  readonly estimate: number;
  /** Whether it is TRUE of all that are found; otherwise each is to be verified. */
  readonly isExact: boolean;
  /** About how many numbers or values are touched to collect the base. */
  readonly cost: number;
  /** All devices of which the condition is TRUE, and perhaps others. May belong to the index: not to be changed. */
  readonly base: () => NumberSet;
  /** Does most of what `base` has to do, step by step; what changes until then has to be done again. */
  readonly prepare?: (keep: Keep) => Iterable<undefined>;
  /** What must hold of a device in the base for it to be found. */
  readonly tests: readonly NumberTest[];
  /** Decides for a device of any set what being found decides. */
  readonly test?: NumberTest;
}

export type NumberTest = (number: number) => boolean;

/** Why there is no answer. */
export interface Unanswered {
  readonly reason: string;
}

export const NOTHING: Answer = { estimate: 0, isExact: true, cost: 0, base: () => new NumberSet(), tests: [] };

export function isAnswer(answer: Answer | Unanswered): answer is Answer {
  return 'base' in answer;
}

/** Of a set that is there already. */
export function answerOf(set: NumberSet, isExact = true): Answer {
  return { estimate: set.size, isExact, cost: 0, base: () => set, tests: [], test: (number) => set.has(number) };
}

/** What all tests hold of. */
export function collect({ base, tests }: Answer): NumberSet {
  return tests.length === 0 ? base() : base().filter((number) => tests.every((test) => test(number)));
}

/** Prepares the bases of several answers, as far as there is anything to prepare. */
export function preparing(answers: readonly Answer[]): Pick<Answer, 'prepare'> {
  const prepares = answers.flatMap(({ prepare }) => prepare ?? []);
  if (prepares.length === 0) return {};
  return {
    *prepare(keep) {
      for (const prepare of prepares) yield* prepare(keep);
    },
  };
}

/** About how many steps `collect` takes. */
export function costOf({ cost, estimate, tests }: Answer): number {
  return cost + tests.length * estimate;
}
