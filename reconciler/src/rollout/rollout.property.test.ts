import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  policies,
  progressOf,
  RolloutChecks,
  RolloutFleet,
  type Story,
  type StoryStep,
  stories,
  type Trouble,
} from '../testing/index.js';
import { advanceRollout } from './advance-rollout.js';

type Command = StoryStep['command'];

interface Telling {
  readonly trouble?: Trouble;
  readonly after?: (fleet: RolloutFleet, step: StoryStep) => void;
}

/** Every rule is checked after every step. */
function tell({ devices, steps }: Story, { trouble = 'none', after }: Telling = {}) {
  const fleet = new RolloutFleet(devices);
  const checks = new RolloutChecks(fleet, trouble);
  const take = (step: StoryStep) => {
    fleet.step(step);
    checks.check(step.command.kind === 'put' || step.command.kind === 'rewrite');
    after?.(fleet, step);
  };
  for (const step of steps) take(step);
  const go = (elapsedMs: number, command: Command = { kind: 'nothing' }) =>
    take({ elapsedMs, jumpMs: 0, command, isRestarted: false });
  return { fleet, go };
}

test('in random stories every rule holds after every step', () => {
  fc.assert(
    fc.property(stories('no jumps'), (story) => {
      tell(story);
    }),
    { numRuns: 250 },
  );
}, 60_000);

test('it is so, too, when the clock on the wall is set', () => {
  fc.assert(
    fc.property(stories('jumps'), (story) => {
      tell(story, { trouble: 'clock set' });
    }),
    { numRuns: 80 },
  );
}, 60_000);

test('it is so, too, when the server falls over and only what had to be stored is left', () => {
  fc.assert(
    fc.property(stories('jumps'), (story) => {
      tell(story, { trouble: 'power lost', after: (fleet, { isRestarted }) => isRestarted && fleet.crash() });
    }),
    { numRuns: 80 },
  );
}, 60_000);

test('a restart at any moment changes nothing', () => {
  fc.assert(
    fc.property(stories('jumps'), (story) => {
      const [restarted, other] = [true, false].map((restarts) => {
        const after = (fleet: RolloutFleet, step: StoryStep) => restarts && step.isRestarted && fleet.restart();
        const { fleet } = tell(story, { trouble: 'clock set', after });
        fleet.restart();
        return { configuration: fleet.configuration, devices: fleet.devices };
      });
      expect(restarted).toEqual(other);
    }),
    { numRuns: 80 },
  );
}, 60_000);

/** Whoever looks again when it says so sees everything happen. */
test('when nobody interferes and every device does as it is told, it comes to its end', () => {
  fc.assert(
    fc.property(stories('no jumps'), (story) => {
      const { fleet, go } = tell(story);
      fleet.heal();
      for (const index of fleet.devices.keys()) {
        go(1_000, { kind: 'connect', device: index, isConnected: true });
        go(1_000, { kind: 'override', device: index, isOverridden: false });
      }
      go(1_000, { kind: 'switch', enabled: true });
      if (fleet.configuration?.progress?.state === 'paused') go(1_000, { kind: 'act', action: { kind: 'resume' } });
      const step = () => {
        const inMs = (fleet.tick?.nextAt ?? Number.POSITIVE_INFINITY) - fleet.now;
        go(Number.isFinite(inMs) ? Math.max(1, inMs) : 1_000);
      };
      for (let steps = 0; steps < 200; steps += 1) step();
      const { progress } = fleet.configuration ?? {};
      const hasNobody = fleet.tick?.facts.matching === 0;
      if (progress && !hasNobody) expect(progress.state).toMatch(/complete|aborted|rolledBack/);
      if (progress?.state !== 'complete') return;
      const members = fleet.admitted().filter((device) => fleet.matches(device, fleet.configuration?.content));
      for (const { admission } of members) expect(admission?.state).toMatch(/applied|failed/);
    }),
    { numRuns: 80 },
  );
}, 60_000);

test('rolled back and rolled back again, all is as before, for everybody', () => {
  fc.assert(
    fc.property(stories('no jumps'), fc.nat(10), (story, index) => {
      const { fleet, go } = tell(story);
      go(1_000, { kind: 'switch', enabled: true });
      go(1_000, { kind: 'act', action: { kind: 'promote' } });
      const before = fleet.configuration;
      if (before === undefined || before.progress?.isWithdrawn) return;
      const { generation, content } = before;
      const others = Object.keys(before.history)
        .map(Number)
        .filter((one) => one < (before.progress?.key ?? generation));
      const target = others[index % others.length];
      if (target === undefined) return;
      const expected = before.history[target]?.content;
      go(1_000, { kind: 'act', action: { kind: 'rollback', generation: target } });
      expect(fleet.configuration?.content).toEqual(expected);
      go(1_000, { kind: 'act', action: { kind: 'rollback', generation } });
      expect(fleet.configuration?.content).toEqual(content);
      for (const device of fleet.devices.filter(({ isOverridden }) => !isOverridden)) {
        expect(device.document).toBe(fleet.matches(device, content) ? content.value : '');
      }
    }),
    { numRuns: 80 },
  );
}, 60_000);

const NOW = Date.UTC(2027, 0, 6, 11, 59);
const counts = fc.record({ matching: fc.nat(40), admitted: fc.nat(40), applied: fc.nat(20), failed: fc.nat(5) });
const begun = fc.record({
  state: fc.constantFrom('waiting' as const, 'running' as const, 'paused' as const),
  reachedForMs: fc.option(fc.nat(100_000), { nil: undefined }),
  allowance: fc.nat(20_000_000),
});

test('until the time that is told nothing changes, and then something does', () => {
  fc.assert(
    fc.property(policies, begun, counts, (policy, part, { matching, admitted, ...finished }) => {
      const facts = { generation: 2, matching, granted: 0, admitted: Math.min(matching, admitted), ...finished };
      const step = advanceRollout(progressOf(part), policy, facts, { now: NOW, elapsedMs: 0 });
      const { progress, admit, nextAt, waitsFor } = step;
      if (admit > 0) return;
      const at = (now: number) => advanceRollout(progress, policy, facts, { now, elapsedMs: now - NOW });
      const earlier = at((nextAt ?? NOW + 1_000_000_000) - 1);
      // A rate lets single devices through before, and is asked again when there are some.
      if (waitsFor?.code !== 'rate') expect(earlier).toMatchObject({ admit: 0, mustStore: false });
      if (nextAt === undefined) return;
      expect(nextAt).toBeGreaterThan(NOW);
      const then = at(nextAt);
      expect(then.admit > 0 || then.mustStore || (then.nextAt ?? 0) > nextAt).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
