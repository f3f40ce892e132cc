import type { Admission } from '@muster/registry';
import { expect } from 'vitest';
import type { FleetDevice, RolloutFleet } from './rollout-fleet.js';

/** A device as it was after the step before. */
interface SeenDevice {
  readonly admission: Admission | undefined;
  readonly isOverridden: boolean;
  /** It has the document of an attempt and did not answer it. */
  readonly isOwing: boolean;
  readonly isConnected: boolean;
  /** How long it was connected and owing in this attempt. */
  readonly silentMs: number;
}

/** How attempts end, besides by the word of the device. */
export class AttemptChecks {
  readonly #fleet: RolloutFleet;
  readonly #seen = new Map<string, SeenDevice>();

  constructor(fleet: RolloutFleet) {
    this.#fleet = fleet;
  }

  /** `stepMs`: the time since the step before. `isExact`: nothing was lost meanwhile. */
  check(device: FleetDevice, stepMs: number, isExact: boolean): void {
    const before = this.#seen.get(device.id);
    const { admission, isOverridden, isConnected } = device;
    const isSame = admission?.attempts === before?.admission?.attempts && admission?.key === before?.admission?.key;
    const wasSilent = isSame && before?.isOwing && before.isConnected;
    const silentMs = (isSame ? (before?.silentMs ?? 0) : 0) + (wasSilent ? stepMs : 0);
    const isOwing = this.#isOwing(device);
    if (isSame && before) this.#endsWhereItShould(device, before);
    if (isExact && isOwing && isConnected) this.#endsInTime(silentMs);
    this.#seen.set(device.id, { admission, isOverridden, isConnected, isOwing, silentMs });
  }

  #endsWhereItShould({ admission, isOverridden, id }: FleetDevice, before: SeenDevice): void {
    const wasGiven = before.admission?.state === 'given' && !before.admission.isAway;
    const isCutOff = before.isOwing && before.isConnected && admission?.isAway;
    if (isCutOff) expect(admission.state, `${id} left in its attempt`).not.toBe('given');
    if (wasGiven && before.isOverridden && isOverridden) expect(admission?.state, `${id} is overridden`).toBe('given');
  }

  #endsInTime(silentMs: number): void {
    const timeoutMs = this.#fleet.configuration?.policy?.timeoutMs;
    if (timeoutMs !== undefined) expect(silentMs).toBeLessThan(timeoutMs);
  }

  #isOwing({ admission, standing, receivedVersion, isOverridden }: FleetDevice): boolean {
    const { progress, contentGeneration } = this.#fleet.configuration ?? {};
    if (admission?.state !== 'given' || admission.isAway || admission.key !== progress?.key || isOverridden)
      return false;
    const { since, applied, generation } = standing ?? {};
    if (since === undefined || applied || generation !== contentGeneration) return false;
    return since > admission.version && receivedVersion >= since;
  }
}
