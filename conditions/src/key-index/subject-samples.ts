import type { Subject } from '../language/condition.js';
import type { AccessKey } from './access/access-key.js';
import { hasKey } from './access/has-key.js';

const SAMPLES_MAX = 32;
const QUESTIONS_A_SAMPLE = 8;

/** Some of the subjects that were asked about lately, to measure how many of all have a key. */
export class SubjectSamples {
  readonly #samples: Subject[] = [];
  #offered = 0;

  /** Every eighth one takes the place of the oldest. */
  offer(subject: Subject): void {
    if (this.#offered % QUESTIONS_A_SAMPLE === 0) {
      this.#samples[(this.#offered / QUESTIONS_A_SAMPLE) % SAMPLES_MAX] = subject;
    }
    this.#offered += 1;
  }

  /** The share that was expected counts as one sample more, so that keys which no sample has still differ. */
  selectivity(key: AccessKey, expected: number): number {
    const having = this.#samples.filter((subject) => hasKey(key, subject)).length;
    return (having + expected) / (this.#samples.length + 1);
  }
}
