import type { Subject } from '../language/condition.js';
import type { AccessKey } from './access/access-key.js';
import { hasKey } from './access/has-key.js';

const SAMPLES_MAX = 32;
const QUESTIONS_A_SAMPLE = 8;

/** Samples of recent subjects, to measure which share of them has a key. */
export class SubjectSamples {
  readonly #samples: Subject[] = [];
  #offered = 0;

  /** Every eighth subject replaces the oldest sample. */
  offer(subject: Subject): void {
    if (this.#offered % QUESTIONS_A_SAMPLE === 0) {
      this.#samples[(this.#offered / QUESTIONS_A_SAMPLE) % SAMPLES_MAX] = subject;
    }
    this.#offered += 1;
  }

  /** The expected share counts as one extra sample, so that keys absent from all samples still differ. */
  selectivity(key: AccessKey, expected: number): number {
    const having = this.#samples.filter((subject) => hasKey(key, subject)).length;
    return (having + expected) / (this.#samples.length + 1);
  }
}
