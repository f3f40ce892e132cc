import { type Condition, DeviceIndex, parseCondition, type Subject } from '@muster/conditions';
import { subjectOf } from '../load/big-fleet.js';
import { median } from './table.js';

const TIMES = 20;
const LOOPS = 3;

/** Times, in ms, to find the devices that a condition matches, in memory: by the index, and by a loop over all devices. */
export interface IndexFigures {
  readonly matched: number;
  /** The median, with values already sorted. */
  readonly indexMs: number;
  readonly firstMs: number;
  /** The compiled condition evaluated for every device. */
  readonly loopMs: number;
}

/** The fleet as conditions see it, in memory and in the index. */
export class IndexedFleet {
  readonly #subjects: readonly Subject[];
  readonly #index = new DeviceIndex();

  constructor(devices: number) {
    this.#subjects = Array.from({ length: devices }, (_, n) => subjectOf(n));
    for (const subject of this.#subjects) this.#index.change(undefined, subject);
  }

  /** Throws if index and loop do not agree. */
  measure(text: string): IndexFigures {
    const condition = parseCondition(text, 'target');
    const preparation = this.#index.prepare(condition);
    for (const _ of preparation);
    const [first, ...others] = Array.from({ length: TIMES }, () => timed(() => this.#find(condition)));
    preparation.release();
    const loops = Array.from({ length: LOOPS }, () => timed(() => this.#ask(condition)));
    const [found, asked] = [first?.count, loops[0]?.count];
    if (found === undefined || found !== asked) throw new Error(`answers differ for ${text}: ${found} and ${asked}`);
    return {
      matched: asked,
      indexMs: medianMs(others),
      firstMs: first?.ms ?? Number.NaN,
      loopMs: medianMs(loops),
    };
  }

  /** Reads the ids too, because callers need them. */
  #find(condition: Condition): number {
    const found = this.#index.find(condition);
    if (!found.isExact) throw new Error('the index alone does not answer this');
    return [...found.ids()].length;
  }

  #ask(condition: Condition): number {
    let matched = 0;
    for (const subject of this.#subjects) if (condition.test(subject) === true) matched += 1;
    return matched;
  }
}

function timed(work: () => number): { readonly ms: number; readonly count: number } {
  const startedAt = performance.now();
  const count = work();
  return { ms: performance.now() - startedAt, count };
}

function medianMs(runs: readonly { readonly ms: number }[]): number {
  return median(runs.map(({ ms }) => ms));
}
