import { type Admission, type DeviceEntry, type DeviceStanding, isLive } from '@muster/registry';
import { admissionResult } from '../rollout/admission/admission-result.js';
import type { AdmittingRollout } from '../rollout/admission/admit.js';
import { isAdmitted } from '../rollout/admission/layer-of.js';
import { CONVERGED_WITHIN_MS, convergedStep } from '../rollout/converged-within.js';

/** Number of devices that a phase admitted, and their results. */
export interface PhaseCounts {
  admitted: number;
  applied: number;
  failed: number;
  pending: number;
  overridden: number;
}

/** Admitted devices that fell back to the stable generation (failed or backing off), unless overridden. */
interface FellBackCounts {
  failed: number;
  failedAway: number;
  /** Of admitted devices without any generation of the configuration. */
  withoutLayerFailed: number;
  withoutLayerPending: number;
  withoutLayerPendingAway: number;
}

/** Names the rolled-out content as device records do. */
export interface RolledContent extends Pick<AdmittingRollout, 'id' | 'created' | 'key'> {
  readonly contentGeneration: number;
}

/** The contribution of one device. */
interface Share {
  readonly admission: Admission;
  readonly result: DeviceStanding;
  readonly isAway: boolean;
  readonly isNotHolding: boolean;
  readonly isFellBack: boolean;
  readonly isWithoutLayer: boolean;
}

/**
 * The results of admitted devices, kept by adding and subtracting single devices. After any sequence of `change` calls
 * they equal fresh counts over the current records.
 */
export class RolloutCounts {
  readonly #content: RolledContent;
  readonly #phases: PhaseCounts[] = [];
  readonly #converged: number[] = Array.from({ length: CONVERGED_WITHIN_MS.length + 1 }, () => 0);
  readonly #failed = new Set<string>();
  readonly #notHolding = new Set<string>();
  readonly #fellBack: FellBackCounts = {
    failed: 0,
    failedAway: 0,
    withoutLayerFailed: 0,
    withoutLayerPending: 0,
    withoutLayerPendingAway: 0,
  };
  readonly #sum: PhaseCounts = noCounts();
  /** Disconnected devices among `pending`. */
  #offline = 0;

  constructor(content: RolledContent) {
    this.#content = content;
  }

  get sum(): Readonly<PhaseCounts> {
    return this.#sum;
  }

  get offline(): number {
    return this.#offline;
  }

  get fellBack(): Readonly<FellBackCounts> {
    return this.#fellBack;
  }

  /** Ids of failed devices. */
  get failed(): ReadonlySet<string> {
    return this.#failed;
  }

  /** Ids of devices that fell back: failed or backing off. */
  get notHolding(): ReadonlySet<string> {
    return this.#notHolding;
  }

  /** Devices by convergence time: a bucket for each bound of `CONVERGED_WITHIN_MS`, and one above. */
  get converged(): readonly number[] {
    return this.#converged;
  }

  phase(index: number): Readonly<PhaseCounts> {
    return this.#phases[index] ?? noCounts();
  }

  /** Returns whether the device takes, or took, part. */
  change(before: DeviceEntry | undefined, after: DeviceEntry): boolean {
    const [was, is] = [this.#shareOf(before), this.#shareOf(after)];
    if (was === undefined && is === undefined) return false;
    if (was) this.#add(after.id, was, -1);
    if (is) this.#add(after.id, is, 1);
    return true;
  }

  #shareOf(record: DeviceEntry | undefined): Share | undefined {
    if (!isLive(record) || record.admissions === undefined) return undefined;
    const { id, created, key, contentGeneration } = this.#content;
    const admission = record.admissions.find((one) => one.id === id && one.created === created && one.key === key);
    if (!admission || !isAdmitted(admission)) return undefined;
    const held = record.configurations.filter((one) => one.id === id && one.created === created);
    const standing = held.find(({ generation }) => generation === contentGeneration);
    const isNotHolding = admission.state === 'resting' || (admission.state === 'failed' && standing === undefined);
    const isFellBack = isNotHolding && !held.some(({ overridden }) => overridden);
    const result = admissionResult(admission, standing);
    return {
      admission,
      result,
      isAway: !record.connected,
      isNotHolding: isNotHolding,
      isFellBack: isFellBack,
      isWithoutLayer: held.length === 0,
    };
  }

  #add(
    device: string,
    { admission, result, isAway, isNotHolding, isFellBack, isWithoutLayer }: Share,
    sign: 1 | -1,
  ): void {
    for (const counts of [this.#sum, this.#phase(admission.phase)]) {
      counts.admitted += sign;
      counts[result] += sign;
    }
    if (result === 'pending' && isAway) this.#offline += sign;
    if (result === 'failed' && sign === 1) this.#failed.add(device);
    if (result === 'failed' && sign === -1) this.#failed.delete(device);
    if (isNotHolding && sign === 1) this.#notHolding.add(device);
    if (isNotHolding && sign === -1) this.#notHolding.delete(device);
    if (isFellBack) this.#addFellBack(result === 'failed', isAway, isWithoutLayer, sign);
    if (admission.convergedMs === undefined) return;
    const step = convergedStep(admission.convergedMs);
    this.#converged[step] = (this.#converged[step] ?? 0) + sign;
  }

  #addFellBack(isFailed: boolean, isAway: boolean, isWithoutLayer: boolean, sign: 1 | -1): void {
    if (isWithoutLayer) this.#fellBack[isFailed ? 'withoutLayerFailed' : 'withoutLayerPending'] += sign;
    if (isWithoutLayer && !isFailed && isAway) this.#fellBack.withoutLayerPendingAway += sign;
    if (!isWithoutLayer && isFailed) this.#fellBack.failed += sign;
    if (!isWithoutLayer && isFailed && isAway) this.#fellBack.failedAway += sign;
  }

  #phase(index: number): PhaseCounts {
    const known = this.#phases[index];
    if (known) return known;
    const counts = noCounts();
    this.#phases[index] = counts;
    return counts;
  }
}

function noCounts(): PhaseCounts {
  return { admitted: 0, applied: 0, failed: 0, pending: 0, overridden: 0 };
}
