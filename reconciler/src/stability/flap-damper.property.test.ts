import type { Registry } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import { OPERATOR } from '@muster/registry/testing';
import { type JsonObject, resolve } from '@muster/twin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyingLayers, collect, configurations, startWorld, type World } from '../testing/index.js';

const BOUND = { changesMax: 2, withinMs: 100_000 };
const ROLLOUT = { phases: [{ percent: 50, wait: '1d' }, { percent: 100 }], retries: 1 };

type Step =
  | { kind: 'report'; device: string; battery: number }
  | { kind: 'flap'; device: string; times: number }
  | { kind: 'configure'; id: string; body: JsonObject; isRolledOut: boolean }
  | { kind: 'remove'; id: string }
  | { kind: 'removeDevice' | 'register'; device: string }
  | { kind: 'acknowledge'; device: string; status: 'applied' | 'failed' }
  | { kind: 'wait'; ms: number };

const device = fc.constantFrom('a-1', 'b-1');
const id = fc.constantFrom('k1', 'k2');
const status = fc.constantFrom('applied' as const, 'failed' as const);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('report' as const), device, battery: fc.constantFrom(5, 50) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('flap' as const), device, times: fc.integer({ min: 2, max: 6 }) }),
  },
  fc.record({ kind: fc.constant('configure' as const), id, body: configurations, isRolledOut: fc.boolean() }),
  fc.record({ kind: fc.constant('remove' as const), id }),
  fc.record({ kind: fc.constantFrom('removeDevice' as const, 'register' as const), device }),
  fc.record({ kind: fc.constant('acknowledge' as const), device, status }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 30_000, 120_000) }),
);

async function perform(world: World, one: Step): Promise<unknown> {
  const { registry, clock } = world;
  switch (one.kind) {
    case 'report':
      return registry.devices.report(deviceActor(one.device), one.device, { reported: { battery: one.battery } });
    case 'flap':
      for (let n = 0; n < one.times; n += 1) {
        await registry.devices.report(deviceActor(one.device), one.device, {
          reported: { battery: n % 2 === 0 ? 5 : 50 },
        });
        await settle(world);
      }
      return undefined;
    case 'configure':
      return registry.configurations.put(
        OPERATOR,
        one.id,
        one.isRolledOut ? { ...one.body, rollout: ROLLOUT } : one.body,
      );
    case 'remove':
      return registry.configurations.remove(OPERATOR, one.id);
    case 'removeDevice':
      return registry.devices.remove(OPERATOR, one.device);
    case 'register':
      return registry.devices.register(OPERATOR, one.device, {});
    case 'acknowledge': {
      const { desiredVersion: version } = await registry.devices.mustRead(one.device);
      return registry.devices.report(deviceActor(one.device), one.device, {
        acknowledgement: { version, status: one.status },
      });
    }
    case 'wait':
      return clock.advance(one.ms);
  }
}

async function settle({ reconciler, clock }: World): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    await reconciler.idle();
    clock.advance(20);
  }
  await reconciler.idle();
}

/** Every matching device has it at once, so that the naive equation holds. */
async function endRollouts(registry: Registry): Promise<void> {
  for (const record of await collect(registry.configurations.all())) {
    const { targetCondition, desiredProperties, priority, enforce, enabled } = record;
    if (record.rollout) {
      await registry.configurations.put(OPERATOR, record.id, {
        targetCondition,
        desiredProperties,
        priority,
        enforce,
        enabled,
      });
    }
  }
}

test('in the end every device follows its matches, and the resync repaired none', {
  timeout: 120_000,
}, async () => {
  let holds = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const prepare: Parameters<typeof startWorld>[0] = async (registry) => {
        for (const one of ['a-1', 'b-1']) await registry.devices.register(OPERATOR, one, {});
        await registry.configurations.put(OPERATOR, 'k1', {
          targetCondition: 'device.reported.battery < 20',
          desiredProperties: { s: 1 },
        });
      };
      const world = await startWorld(prepare, undefined, BOUND);
      const { registry, reconciler, clock } = world;
      for (const one of steps) {
        await perform(world, one).catch(() => {});
        await settle(world);
      }
      holds += reconciler.counters.holds ?? 0;
      await endRollouts(registry);
      for (let turn = 0; turn < 4; turn += 1) {
        clock.advance(BOUND.withinMs);
        await settle(world);
      }
      for (const record of await collect(registry.devices.all())) {
        const own = { kind: 'device', properties: record.ownDesired } as const;
        expect(record.desired).toEqual(resolve([own, ...(await applyingLayers(registry, record))]));
      }
      expect(reconciler.counters).toMatchObject({ held: 0, repaired: 0, failed: 0 });
      await reconciler.stop();
    }),
    { numRuns: 150 },
  );
  expect(holds).toBeGreaterThan(20);
});
