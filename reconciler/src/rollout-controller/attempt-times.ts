import type { DeviceRecord } from '@muster/registry';
import type { SteadyClock } from '@muster/twin';
import type { CachedConfiguration } from '../cache/configuration-cache.js';
import type { AdmittingRollout } from '../rollout/admission/admit.js';
import { owesAnswer } from '../rollout/admission/next-admission.js';
import { DueTimes } from '../workqueue/due-times.js';
import { dueInMs, type EvaluationContext, standingIn } from './device-admissions.js';
import { Silences, silenceKey } from './silences.js';

interface AttemptTimesParts {
  readonly clock: SteadyClock;
  readonly entryOf: (configuration: string) => CachedConfiguration | undefined;
  /** The rollout of a configuration that admits the device now. */
  readonly granting: (configuration: string, device: string) => AdmittingRollout | undefined;
  /** A device is due at this time. */
  readonly planned: (inMs: number) => void;
}

/** Times of attempts: how long devices are silent, and when a pause or an attempt ends. */
export class AttemptTimes {
  readonly #parts: AttemptTimesParts;
  readonly #silences: Silences;
  readonly #dues = new DueTimes();

  constructor(parts: AttemptTimesParts) {
    this.#parts = parts;
    this.#silences = new Silences(() => parts.clock.elapsed());
  }

  /** Whether time alone will change any device. */
  get isAnyDue(): boolean {
    return this.#dues.nextAtMs !== undefined;
  }

  /** Takes the devices that are due. */
  takeDue(): Iterable<string> {
    return this.#dues.take(this.#parts.clock.elapsed());
  }

  contextOf(device: string): EvaluationContext {
    const { clock, entryOf, granting } = this.#parts;
    const key = (configuration: string): string => silenceKey({ id: device }, configuration);
    return {
      now: clock.now(),
      entryOf,
      granting: (configuration) => granting(configuration, device),
      silentMs: (configuration) => this.#silences.silentMs(key(configuration)),
      spentMs: (configuration) => this.#silences.spentMs(key(configuration)),
    };
  }

  /** Called after every change of a device with admissions, and after every device that was reconciled. */
  onChange(before: DeviceRecord | undefined, after: DeviceRecord): void {
    for (const admission of after.admissions ?? []) {
      const entry = this.#parts.entryOf(admission.id);
      if (!entry?.rollout) continue;
      const key = silenceKey(after, admission.id);
      const { attempts, spentMs = 0 } = admission;
      const isOwing = after.connected && owesAnswer(admission, standingIn(after, entry));
      if (before?.connected && !after.connected) this.#silences.cut(key, attempts, spentMs);
      this.#silences.onChange(key, { isOwing, attempts, spentMs });
    }
    const inMs = dueInMs(after, this.contextOf(after.id));
    if (inMs === undefined) return;
    this.#dues.add(after.id, this.#parts.clock.elapsed() + inMs);
    this.#parts.planned(inMs);
  }

  forget({ id, admissions = [] }: DeviceRecord): void {
    for (const admission of admissions) this.#silences.forget(silenceKey({ id }, admission.id));
  }
}
