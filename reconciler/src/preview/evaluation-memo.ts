import { canonicalEqual, type JsonObject } from '@muster/twin';
import { isSameLayers } from '../resolve/is-same-layers.js';
import type { DeviceCase, Evaluation } from './evaluate-device.js';

/** Results kept at a time; devices may come in any order. */
const ENTRIES_MAX = 16;

/** Devices with equal results. */
interface Entry {
  readonly deviceCase: DeviceCase;
  readonly evaluation: Evaluation;
  devices: number;
}

/**
 * Evaluates devices and keeps the last 16 results: most devices of a fleet are alike, and comparing is far cheaper than
 * evaluating. Each result is reported once, with its number of devices.
 */
export class EvaluationMemo {
  readonly #evaluate: (deviceCase: DeviceCase) => Evaluation;
  readonly #tell: (evaluation: Evaluation, devices: number) => void;
  readonly #entries: Entry[] = [];
  /** The entry that the next device is compared with first. */
  #last = 0;
  /** Next entry to evict. */
  #oldest = 0;

  constructor(
    evaluate: (deviceCase: DeviceCase) => Evaluation,
    tell: (evaluation: Evaluation, devices: number) => void,
  ) {
    this.#evaluate = evaluate;
    this.#tell = tell;
  }

  evaluate(deviceCase: DeviceCase): Evaluation {
    const entry = this.#find(deviceCase) ?? this.#add(deviceCase);
    entry.devices += 1;
    return entry.evaluation;
  }

  /** Reports all results that were not reported yet. */
  end(): void {
    for (const { evaluation, devices } of this.#entries) this.#tell(evaluation, devices);
    this.#entries.length = 0;
    this.#oldest = 0;
  }

  #find(deviceCase: DeviceCase): Entry | undefined {
    for (let step = 0; step < this.#entries.length; step += 1) {
      const index = (this.#last + step) % this.#entries.length;
      const entry = this.#entries[index];
      if (!entry || !isLike(entry, deviceCase)) continue;
      this.#last = index;
      return entry;
    }
    return undefined;
  }

  #add(deviceCase: DeviceCase): Entry {
    const entry = { deviceCase, evaluation: this.#evaluate(deviceCase), devices: 0 };
    const given = this.#entries[this.#oldest];
    if (given) this.#tell(given.evaluation, given.devices);
    this.#entries[this.#oldest] = entry;
    this.#last = this.#oldest;
    this.#oldest = (this.#oldest + 1) % ENTRIES_MAX;
    return entry;
  }
}

function isLike({ deviceCase: known, evaluation }: Entry, { record, current, planned }: DeviceCase): boolean {
  return (
    isSameLayers(known.current, current) &&
    isSameLayers(known.planned, planned) &&
    isSameDocument(known.record.ownDesired, record.ownDesired) &&
    (!evaluation.isStuck || isSameDocument(known.record.desired, record.desired))
  );
}

function isSameDocument(left: JsonObject, right: JsonObject): boolean {
  return left === right || canonicalEqual(left, right);
}
