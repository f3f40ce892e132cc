import { parseRollout } from '@muster/api';
import type { Admission, ConfigurationAssignment, RolloutProgress } from '@muster/registry';
import type { JsonObject, RolloutPolicy } from '@muster/twin';
import type { AdmittingRollout } from '../rollout/admission/admit.js';
import type { AdmissionFacts } from '../rollout/admission/next-admission.js';

/** As an operator would write it. */
export function policyOf(rollout: JsonObject = {}): RolloutPolicy {
  return parseRollout(rollout, '/rollout');
}

/** Of generation 2, coming from generation 1, running in its first phase. */
export function progressOf(part: Partial<RolloutProgress> = {}): RolloutProgress {
  return {
    key: 2,
    stable: 1,
    state: 'running',
    reason: { code: 'begun', text: 'devices are admitted' },
    changedBy: 'muster',
    changedAt: 0,
    phase: 0,
    allowance: 0,
    ...part,
  };
}

export function admittingRollout(rollout: JsonObject = {}, part: Partial<AdmittingRollout> = {}): AdmittingRollout {
  const policy = policyOf(rollout);
  return { id: 'c', created: 7, key: 2, phase: 0, state: 'running', enabled: true, policy, ...part };
}

/** A first attempt, given at 500 while version 10 was the newest. */
export function admissionOf(part: Partial<Admission> = {}): Admission {
  return { id: 'c', created: 7, key: 2, phase: 0, givenAt: 500, attempts: 1, state: 'given', version: 10, ...part };
}

/** Generation 2, brought by version 11. */
export function standingOf(part: Partial<ConfigurationAssignment> = {}): ConfigurationAssignment {
  return { id: 'c', generation: 2, created: 7, since: 11, applied: false, overridden: false, ...part };
}

/** Connected just now, with a document that it has not answered yet. */
export function admissionFacts(part: Partial<AdmissionFacts> = {}): AdmissionFacts {
  return {
    device: 'd',
    matches: true,
    standing: standingOf(),
    acknowledged: undefined,
    desiredVersion: 11,
    isConnected: true,
    silentMs: 0,
    ...part,
  };
}
