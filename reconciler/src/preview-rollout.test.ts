import type { ConfigurationRecord, DeviceRecord, RolloutAction } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import { OPERATOR } from '@muster/registry/testing';
import { canonicalEqual, isTwinError, type JsonObject, LIMITS } from '@muster/twin';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { collect, previewOf, startWorld, type World } from './testing/index.js';

interface Story {
  readonly devices: readonly { readonly ring: number; readonly answer: 'applied' | 'failed' | 'silent' }[];
  readonly hasStable: boolean;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly rollout: JsonObject;
  readonly isPaused: boolean;
  readonly action: RolloutAction;
}

const contents = fc.record({
  targetCondition: fc.constantFrom('*', 'device.tags.ring = 1', 'device.tags.ring > 0'),
  desiredProperties: fc.constantFrom<JsonObject[]>({ speed: 1 }, { speed: 2 }, { mode: 'eco' }),
  priority: fc.constantFrom(0, 5),
});

const stories: fc.Arbitrary<Story> = fc.record({
  devices: fc.array(
    fc.record({ ring: fc.nat(2), answer: fc.constantFrom('applied' as const, 'failed' as const, 'silent' as const) }),
    { minLength: 1, maxLength: 8 },
  ),
  hasStable: fc.boolean(),
  before: contents,
  after: contents,
  rollout: fc.record({
    phases: fc.constantFrom([{ percent: 40, wait: '1h' }, { percent: 100 }], [{ percent: 100, wait: '1h' }]),
    retries: fc.nat(1),
    onFailure: fc.constantFrom('fallback', 'keep'),
  }),
  isPaused: fc.boolean(),
  action: fc.constantFrom<RolloutAction[]>(
    { kind: 'rollback' },
    { kind: 'rollback', generation: 1 },
    { kind: 'promote' },
  ),
});

async function settle({ reconciler, clock }: World): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) {
    await reconciler.idle();
    clock.advance(20);
  }
  await reconciler.idle();
}

/** Runs the story up to its action. */
async function tell({ devices, hasStable, before, after, rollout, isPaused }: Story): Promise<World> {
  const world = await startWorld(async (registry) => {
    for (const [n, { ring }] of devices.entries())
      await registry.devices.register(OPERATOR, `d${n}`, { tags: { ring } });
    await registry.configurations.put(OPERATOR, 'other', {
      targetCondition: 'device.tags.ring = 1',
      desiredProperties: { mode: 'x', speed: 9 },
      priority: 3,
    });
  });
  const { registry } = world;
  if (hasStable) await registry.configurations.put(OPERATOR, 'c', before);
  await registry.configurations.put(OPERATOR, 'c', { ...after, rollout });
  await settle(world);
  for (const { id, desiredVersion } of await collect(registry.devices.all())) {
    const status = devices[Number(id.slice(1))]?.answer ?? 'silent';
    if (status !== 'silent' && desiredVersion > 0) {
      await registry.devices.report(deviceActor(id), id, { acknowledgement: { version: desiredVersion, status } });
    }
  }
  await settle(world);
  if (isPaused) await registry.configurations.actOnRollout(OPERATOR, 'c', { kind: 'pause' }).catch(ignoreRefusal);
  await settle(world);
  return world;
}

function ignoreRefusal(error: unknown): undefined {
  if (!isTwinError(error)) throw error;
  return undefined;
}

function changesBetween(before: readonly DeviceRecord[], after: readonly DeviceRecord[]) {
  return before.flatMap(({ id, desired }, n) => {
    const then = after[n]?.desired ?? {};
    return canonicalEqual(desired, then) ? [] : [{ id, before: desired, after: then }];
  });
}

test('a rollback or a promotion does what its preview says', { timeout: 60_000 }, async () => {
  let fitting = 0;
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const world = await tell(story);
      const { registry, reconciler } = world;
      const stored = await registry.configurations.mustRead('c');
      let planned: ConfigurationRecord | undefined;
      try {
        planned = registry.configurations.planRolloutAction(OPERATOR, stored, story.action);
      } catch (error) {
        ignoreRefusal(error);
        await expect(registry.configurations.actOnRollout(OPERATOR, 'c', story.action)).rejects.toThrow();
      }
      if (planned) {
        const { changed, atOnce, sample } = await reconciler.preview({ stored, planned });
        const before = await collect(registry.devices.all());
        await registry.configurations.actOnRollout(OPERATOR, 'c', story.action);
        await settle(world);
        const changes = changesBetween(before, await collect(registry.devices.all()));
        expect({ changed, atOnce, sample }).toEqual({
          changed: changes.length,
          atOnce: changes.length,
          sample: changes.slice(0, LIMITS.previewSampleMax),
        });
        if (changes.length > 0) fitting += 1;
      }
      await reconciler.stop();
    }),
    { numRuns: 150 },
  );
  expect(fitting).toBeGreaterThan(20);
});

test('a preview of a new rollout counts devices that change at once and in the end', {
  timeout: 60_000,
}, async () => {
  let returned = 0;
  await fc.assert(
    fc.asyncProperty(stories, contents, fc.boolean(), async (story, content, enabled) => {
      const world = await tell(story);
      const { registry, reconciler } = world;
      // No device is admitted until all are.
      const next = { ...content, enabled, rollout: { startAt: '2099-01-01T00:00:00Z' } };
      const preview = await previewOf(world, 'c', registry.configurations.parse(next));
      const before = await collect(registry.devices.all());
      await registry.configurations.put(OPERATOR, 'c', next);
      await settle(world);
      const first = changesBetween(before, await collect(registry.devices.all())).map(({ id }) => id);
      await registry.configurations.actOnRollout(OPERATOR, 'c', { kind: 'promote' }).catch(ignoreRefusal);
      await settle(world);
      const inTheEnd = changesBetween(before, await collect(registry.devices.all())).map(({ id }) => id);
      const { changed, atOnce } = preview;
      if (!enabled) {
        expect({ changed, atOnce }).toEqual({ changed: first.length, atOnce: first.length });
      } else if (isSameContent(content, story.after)) {
        // It continues and may soon be complete; the devices on which it will fail are not known.
        expect(atOnce).toBeLessThanOrEqual(first.length);
      } else {
        expect({ changed, atOnce }).toEqual({ changed: new Set([...first, ...inTheEnd]).size, atOnce: first.length });
      }
      if (atOnce > 0) returned += 1;
      await reconciler.stop();
    }),
    { numRuns: 150 },
  );
  expect(returned).toBeGreaterThan(20);
});

function isSameContent(left: JsonObject, right: JsonObject): boolean {
  return canonicalEqual({ priority: 0, ...left }, { priority: 0, ...right });
}

test('deleting has the preview of disabling', async () => {
  const world = await startWorld(async (registry) => {
    for (const id of ['a', 'b']) await registry.devices.register(OPERATOR, id, {});
    await registry.configurations.put(OPERATOR, 'c', { targetCondition: '*', desiredProperties: { speed: 1 } });
  });
  onTestFinished(() => world.reconciler.stop());
  await settle(world);
  const stored = await world.registry.configurations.mustRead('c');
  const view = await world.reconciler.preview({ stored, planned: { ...stored, enabled: false } });
  expect(view).toMatchObject({ matched: 0, leaving: 2, changed: 2 });
});
