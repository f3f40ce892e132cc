import type { Admission } from '@muster/registry';
import type { JsonObject } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import { admissionFacts, admissionOf, admittingRollout, standingOf } from '../../testing/index.js';
import { type AdmittingRollout, admit } from './admit.js';
import { type AdmissionFacts, disconnected, nextAdmission } from './next-admission.js';
import { restMs } from './rest-ms.js';

const NOW = 1_000_000;
const failed = (version: number, error = 'no space') => ({ version, status: 'failed', error, at: 0 }) as const;

interface Case {
  readonly what: string;
  readonly admission?: Partial<Admission>;
  readonly facts?: Partial<AdmissionFacts>;
  readonly rollout?: JsonObject;
  readonly part?: Partial<AdmittingRollout>;
  readonly becomes: Partial<Admission> | undefined;
  readonly dueInMs?: number | undefined;
}

const ATTEMPTS: readonly Case[] = [
  { what: 'of another generation it is void', part: { key: 3 }, becomes: undefined },
  { what: 'of a configuration that was made again it is void', part: { created: 8 }, becomes: undefined },
  { what: 'an attempt goes on', becomes: { state: 'given', attempts: 1 } },
  {
    what: 'before its document is written nothing is owed',
    facts: { standing: undefined },
    rollout: { timeout: '1m' },
    becomes: { state: 'given' },
  },
  {
    what: 'an attempt ends with applied',
    facts: { standing: standingOf({ applied: true }) },
    becomes: { state: 'applied' },
  },
  {
    what: 'failed is the last word without retries',
    facts: { acknowledged: failed(11) },
    becomes: { state: 'failed', error: 'no space' },
  },
  {
    what: 'with retries it rests',
    facts: { acknowledged: failed(12) },
    rollout: { retries: 1 },
    becomes: { state: 'resting', attempts: 1, error: 'no space', restUntil: NOW + restMs('d', 1) },
    dueInMs: restMs('d', 1),
  },
  {
    what: 'after the last retry it has failed',
    admission: { attempts: 2 },
    facts: { acknowledged: failed(11) },
    rollout: { retries: 1 },
    becomes: { state: 'failed', attempts: 2 },
  },
  {
    what: 'what it said of an older version does not count',
    facts: { acknowledged: failed(10) },
    becomes: { state: 'given' },
  },
  {
    what: 'who does not say why has failed too',
    facts: { acknowledged: { version: 11, status: 'failed', at: 0 } },
    becomes: { state: 'failed', error: 'failed without saying why' },
  },
  {
    what: 'what brought no version is not tried again',
    facts: { acknowledged: failed(10), standing: standingOf({ since: 10 }) },
    rollout: { retries: 5 },
    becomes: { state: 'failed', attempts: 1 },
  },
  {
    what: 'what brought no version may have been applied before',
    facts: { standing: standingOf({ since: 10, applied: true }) },
    becomes: { state: 'applied' },
  },
  {
    what: 'what cannot be sent has failed',
    facts: {
      standing: { id: 'c', generation: 2, created: 7, applied: false, overridden: false },
      problem: 'too large',
    },
    becomes: { state: 'failed', error: 'too large' },
  },
  {
    what: 'overridden it has not failed even if it cannot be sent',
    facts: { standing: { id: 'c', generation: 2, created: 7, applied: false, overridden: true }, problem: 'too large' },
    becomes: { state: 'given' },
  },
  {
    what: 'overridden it is no attempt',
    facts: { standing: standingOf({ overridden: true }), acknowledged: failed(11), silentMs: 99_000 },
    rollout: { timeout: '1m' },
    becomes: { state: 'given' },
  },
  {
    what: 'connected and silent it times out',
    facts: { silentMs: 60_000 },
    rollout: { timeout: '1m' },
    becomes: { state: 'failed', error: 'no answer for 1m' },
  },
  {
    what: 'until then the time is known',
    facts: { silentMs: 45_000 },
    rollout: { timeout: '1m' },
    becomes: { state: 'given' },
    dueInMs: 15_000,
  },
  {
    what: 'earlier connections count',
    admission: { spentMs: 40_000 },
    facts: { silentMs: 20_000 },
    rollout: { timeout: '1m' },
    becomes: { state: 'failed' },
  },
  {
    what: 'time offline does not',
    admission: { spentMs: 70_000 },
    facts: { isConnected: false },
    rollout: { timeout: '1m' },
    becomes: { state: 'given' },
  },
  {
    what: 'applied comes before the timeout',
    facts: { silentMs: 60_000, standing: standingOf({ applied: true }) },
    rollout: { timeout: '1m' },
    becomes: { state: 'applied' },
  },
  {
    what: 'attempts end while it is paused',
    part: { state: 'paused' },
    facts: { acknowledged: failed(11) },
    becomes: { state: 'failed' },
  },
  {
    what: 'attempts end after an abort',
    part: { state: 'aborted' },
    facts: { acknowledged: failed(11) },
    becomes: { state: 'failed' },
  },
  {
    what: 'attempts end while it is disabled',
    part: { enabled: false, state: 'paused' },
    facts: { acknowledged: failed(11), matches: false },
    becomes: { state: 'failed', isAway: undefined },
  },
  { what: 'who connects may have got it', admission: { isSent: undefined }, becomes: { isSent: true } },
  {
    what: 'who failed and keeps it may apply it in the end',
    admission: { state: 'failed' },
    facts: { standing: standingOf({ applied: true }) },
    rollout: { onFailure: 'keep' },
    becomes: { state: 'applied' },
  },
];

const RESTS: readonly Case[] = [
  {
    what: 'until then it rests',
    admission: { restUntil: NOW + 1 },
    rollout: { retries: 1 },
    becomes: { state: 'resting' },
    dueInMs: 1,
  },
  {
    what: 'then the next attempt begins',
    admission: { restUntil: NOW, error: 'no space', version: 10 },
    facts: { standing: undefined, desiredVersion: 12 },
    rollout: { retries: 1 },
    becomes: { state: 'given', attempts: 2, version: 12, isSent: true, restUntil: undefined, error: undefined },
  },
  {
    what: 'of who is offline too',
    facts: { isConnected: false },
    rollout: { retries: 1 },
    becomes: { state: 'given', attempts: 2, isSent: undefined },
  },
  { what: 'not while it is paused', part: { state: 'paused' }, rollout: { retries: 1 }, becomes: { state: 'resting' } },
  { what: 'not after an abort', part: { state: 'aborted' }, rollout: { retries: 1 }, becomes: { state: 'resting' } },
  {
    what: 'also after it is complete',
    part: { state: 'complete' },
    rollout: { retries: 1 },
    becomes: { state: 'given', attempts: 2 },
  },
  { what: 'not if retries were taken away', becomes: { state: 'failed', attempts: 1 } },
  {
    what: 'a clock that was put back does not make it longer',
    admission: { restUntil: NOW + 3_600_000 },
    rollout: { retries: 1 },
    becomes: { state: 'resting', restUntil: NOW + restMs('d', 1) },
    dueInMs: restMs('d', 1),
  },
];

const STAYS: readonly Case[] = [
  {
    what: 'who leaves before it answered has used up its attempt',
    admission: { isSent: true },
    facts: { matches: false },
    becomes: { state: 'failed', isAway: true, error: 'ceased to match before it answered' },
  },
  {
    what: 'or rests',
    admission: { isSent: true },
    facts: { matches: false },
    rollout: { retries: 1 },
    becomes: { state: 'resting', isAway: true, attempts: 1 },
  },
  {
    what: 'who never got it has it before itself',
    facts: { matches: false, isConnected: false },
    becomes: { state: 'given', isAway: true, attempts: 1 },
  },
  {
    what: 'who was sent nothing, too',
    admission: { isSent: true },
    facts: { matches: false, standing: standingOf({ since: 10 }) },
    becomes: { state: 'given', isAway: true },
  },
  {
    what: 'who applied it and leaves has applied it',
    facts: { matches: false, standing: standingOf({ applied: true }) },
    becomes: { state: 'applied', isAway: true },
  },
  {
    what: 'who comes back waits for its turn',
    admission: { isAway: true },
    facts: { standing: undefined },
    becomes: { state: 'given', isAway: true },
  },
  {
    what: 'unless it is complete',
    admission: { isAway: true },
    facts: { standing: undefined, desiredVersion: 12 },
    part: { state: 'complete' },
    becomes: { state: 'given', isAway: undefined, version: 12 },
  },
  {
    what: 'who applied it before and fails now is not asked again',
    admission: { state: 'applied' },
    facts: { acknowledged: failed(11) },
    rollout: { retries: 5 },
    becomes: { state: 'failed', attempts: 1 },
  },
  {
    what: 'who applied it before may take its time',
    admission: { state: 'applied' },
    facts: { silentMs: 99_000 },
    rollout: { timeout: '1m' },
    becomes: { state: 'applied' },
  },
];

/** Given at 500, asked at NOW; `becomes` is how long it took. */
const CONVERGED: readonly Case[] = [
  {
    what: 'until it said so',
    facts: { standing: standingOf({ applied: true }), acknowledged: { version: 11, status: 'applied', at: 800 } },
    becomes: { convergedMs: 300 },
  },
  {
    what: 'until now, if it said it of an older version',
    facts: { standing: standingOf({ applied: true }), acknowledged: { version: 10, status: 'applied', at: 800 } },
    becomes: { convergedMs: NOW - 500 },
  },
  {
    what: 'no time, if the attempt brought no version',
    facts: {
      standing: standingOf({ since: 10, applied: true }),
      acknowledged: { version: 10, status: 'applied', at: 800 },
    },
    becomes: { convergedMs: 0 },
  },
  {
    what: 'never less, if the clock was put back',
    facts: { standing: standingOf({ applied: true }), acknowledged: { version: 11, status: 'applied', at: 400 } },
    becomes: { convergedMs: 0 },
  },
  {
    what: 'since the first attempt, with all that came between',
    admission: { attempts: 3, version: 13 },
    facts: {
      standing: standingOf({ since: 14, applied: true }),
      acknowledged: { version: 14, status: 'applied', at: 9_500 },
    },
    becomes: { convergedMs: 9_000, attempts: 3, givenAt: 500 },
  },
  { what: 'nothing is said as long as it is under way', becomes: { convergedMs: undefined } },
  { what: 'nor of what failed', facts: { acknowledged: failed(11) }, becomes: { convergedMs: undefined } },
  {
    what: 'as it was, if it fails later',
    admission: { state: 'applied', convergedMs: 300 },
    facts: { acknowledged: failed(11) },
    becomes: { state: 'failed', convergedMs: 300 },
  },
  {
    what: 'as it was, if it failed later and applied it again',
    admission: { state: 'failed', convergedMs: 300 },
    facts: { standing: standingOf({ applied: true }) },
    rollout: { onFailure: 'keep' },
    becomes: { state: 'applied', convergedMs: 300 },
  },
];

describe.each([
  { name: 'how long it took', cases: CONVERGED, state: 'given' as const },
  { name: 'attempts', cases: ATTEMPTS, state: 'given' as const },
  { name: 'between attempts', cases: RESTS, state: 'resting' as const },
  { name: 'leaving and coming back', cases: STAYS, state: 'given' as const },
])('$name', ({ cases, state }) => {
  test.each(cases)('$what', ({ admission, facts, rollout, part, becomes, dueInMs }) => {
    const before = admissionOf({ state, ...admission });
    const all = admittingRollout(rollout, part);
    const step = nextAdmission(before, admissionFacts(facts), all, NOW);
    expect(step.admission === undefined).toBe(becomes === undefined);
    for (const [name, value] of Object.entries(becomes ?? {})) {
      expect(step.admission?.[name as keyof Admission], name).toEqual(value);
    }
    if (dueInMs !== undefined) expect(step.dueInMs).toBe(dueInMs);
    expect(nextAdmission(step.admission, admissionFacts(facts), all, NOW).admission).toEqual(step.admission);
  });
});

describe('admission', () => {
  const device = { desiredVersion: 20, isConnected: true };
  const rollout = admittingRollout({}, { phase: 1 });

  test('begins the first attempt', () => {
    const begun = { id: 'c', created: 7, key: 2, phase: 1, givenAt: NOW, attempts: 1 };
    const first = { ...begun, state: 'given', version: 20, isSent: true };
    expect(admit(undefined, rollout, device, NOW)).toEqual(first);
    expect(admit(admissionOf({ key: 1, attempts: 5, state: 'failed' }), rollout, device, NOW)).toEqual(first);
  });

  test.each(['given', 'applied', 'resting', 'failed'] as const)('of who comes back goes on: %s', (state) => {
    const back = admit(admissionOf({ state, attempts: 2, isAway: true, restUntil: 5 }), rollout, device, NOW);
    expect(back).toMatchObject({ state, attempts: 2, version: 20, restUntil: 5, phase: 0, givenAt: 500 });
    expect(back.isAway).toBeUndefined();
  });

  test('of who is there already changes nothing', () => {
    const admission = admissionOf({ state: 'resting' });
    expect(admit(admission, rollout, device, NOW)).toBe(admission);
  });

  test('keeps the time of connections that have ended', () => {
    expect(disconnected(disconnected(admissionOf(), 40), 2).spentMs).toBe(42);
    expect(disconnected(admissionOf({ state: 'resting' }), 40).spentMs).toBeUndefined();
  });
});
