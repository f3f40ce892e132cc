import type { RolloutPhaseView, RolloutView } from '@muster/api';

const NOTHING = { admitted: 0, applied: 0, failed: 0, pending: 0, overridden: 0 };

export function phaseView(percent: number, target: number, more: Partial<RolloutPhaseView> = {}): RolloutPhaseView {
  return { percent, waitMs: 0, target, ...NOTHING, ...more };
}

/** A rollout that waits in its second phase. */
export function rolloutView(more: Partial<RolloutView> = {}): RolloutView {
  return {
    state: 'running',
    reason: { code: 'phase-opened', text: 'phase 2 of 3 opened: 15 %' },
    changedBy: 'muster',
    changedAt: '2026-01-02T03:04:05.000Z',
    generation: 4,
    stable: 3,
    phase: 2,
    phases: [
      phaseView(5, 50, { waitMs: 86_400_000, admitted: 50, applied: 48, failed: 2 }),
      phaseView(15, 150, { waitMs: 5_400_000, admitted: 75, applied: 50, pending: 25 }),
      phaseView(100, 1_000),
    ],
    waitsFor: { code: 'rate', text: 'admits 1000 devices a minute' },
    nextAt: '2026-01-02T03:05:05.000Z',
    generations: [
      { generation: 4, devices: 123 },
      { generation: 3, devices: 877 },
    ],
    converged: [{ withinMs: 1_000, devices: 80 }, { withinMs: 10_000, devices: 17 }, { devices: 1 }],
    failures: [{ error: 'no space', devices: 2, sample: ['pump-1', 'pump-7'] }],
    failuresLeftOut: 0,
    ...more,
  };
}
