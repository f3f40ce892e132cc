import { deviceActor, isLive, type Registry } from '@muster/registry';
import { FakeClock, LateStore, OPERATOR, onDeviceCommit, openRegistry } from '@muster/registry/testing';
import { isTwinError } from '@muster/twin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reconciler } from './reconciler.js';
import { rolloutRules } from './rollout/rollout-rules.js';
import { turns } from './testing/index.js';

const DEVICES = 40;
const PHASES = [{ percent: 10 }, { percent: 50, wait: '10s' }, { percent: 100, wait: '10s' }];
const ADMITTED_MAX = [4, 20, 40];
const auth = { type: 'secret', secret: 'sixteen characters' };

async function start(seed: number, isFailing: (flush: number) => boolean) {
  const clock = new FakeClock();
  let isArmed = false;
  const store = new LateStore(seed, (flush) => isArmed && isFailing(flush));
  const registry = await openRegistry({ clock, store, rollouts: rolloutRules });
  await Promise.all(
    Array.from({ length: DEVICES }, (_, n) => registry.devices.register(OPERATOR, `d-${n}`, { auth, tags: { n } })),
  );
  const reconciler = await Reconciler.start({ registry, clock, log: () => {}, sweepIntervalMs: 3_600_000 });
  isArmed = true;
  return { clock, registry, reconciler, calm: () => (isArmed = false) };
}

/** A write that an operator repeats until it is stored. */
async function untilStored<Result>(write: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isTwinError(error) || error.code !== 'unavailable') throw error;
    }
  }
}

async function applyAll(registry: Registry): Promise<void> {
  for await (const { id, desiredVersion, acknowledged } of registry.devices.all()) {
    if (desiredVersion <= (acknowledged?.version ?? 0)) continue;
    const acknowledgement = { version: desiredVersion, status: 'applied' } as const;
    await untilStored(() => registry.devices.report(deviceActor(id), id, { acknowledgement }));
  }
}

test('however late flushes end, and whichever fail, the counts of a rollout are exact and no phase lets in one too many', async () => {
  const failures = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), failures, async (seed, failing) => {
      const { clock, registry, reconciler, calm } = await start(seed, (flush) => failing.includes(flush));
      try {
        const admitted = new Set<string>();
        const miscounts: number[] = [];
        let isStored = false;
        // Told after the reconciler, in the same step: the counts are exact there too.
        onDeviceCommit(registry, (_before, after) => {
          if (isLive(after) && after.admissions?.length) admitted.add(after.id);
          const { matched } = reconciler.status('c');
          if (isStored && matched !== DEVICES) miscounts.push(matched);
        });
        const rollout = { phases: PHASES };
        const body = { targetCondition: '*', desiredProperties: { speed: 20 }, rollout };
        await untilStored(() => registry.configurations.put(OPERATOR, 'c', body));
        isStored = true;
        for (let second = 0; second < 45; second += 1) {
          clock.advance(1_000);
          for (let turn = 0; turn < 6; turn += 1) {
            await turns(1);
            const { record, view } = await look(registry, reconciler);
            const { matched } = reconciler.status('c', record);
            expect(matched).toBe(DEVICES);
            expect(admitted.size).toBeLessThanOrEqual(ADMITTED_MAX[(view?.phase ?? 1) - 1] ?? DEVICES);
          }
          if (second % 3 === 2) await applyAll(registry);
        }
        expect(miscounts).toEqual([]);
        calm();
        for (let second = 0; second < 60; second += 1) {
          clock.advance(1_000);
          await reconciler.idle();
          await applyAll(registry);
        }
        await reconciler.idle();
        const { record, view } = await look(registry, reconciler);
        expect(view?.state).toBe('complete');
        expect(reconciler.status('c', record)).toMatchObject({ matched: DEVICES, applied: DEVICES });
        expect(reconciler.counters).toMatchObject({ repaired: 0, restarted: 0 });
      } finally {
        await reconciler.stop();
      }
    }),
    { numRuns: 15 },
  );
});

async function look(registry: Registry, reconciler: Reconciler) {
  const record = await registry.configurations.mustRead('c');
  return { record, view: await reconciler.rolloutStatus(record) };
}
