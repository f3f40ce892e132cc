import { Reconciler, rolloutRules } from '@muster/reconciler';
import type { ConfigurationRecord } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import { FakeClock, OPERATOR, openRegistry } from '@muster/registry/testing';
import type { JsonObject } from '@muster/twin';
import { expect, it, onTestFinished } from 'vitest';
import { NonIndexableLimit } from './non-indexable-limit.js';

const NOT_INDEXABLE = 'IS_DEFINED(device.name)';
const body = (targetCondition = NOT_INDEXABLE, more: JsonObject = {}): JsonObject => ({
  targetCondition,
  desiredProperties: {},
  ...more,
});

async function open(max: number) {
  return openRegistry({ configurationLimit: new NonIndexableLimit(max) });
}

it('refuses one above the limit with reason, limit and advice, and stores nothing', async () => {
  const registry = await open(1);
  await registry.configurations.put(OPERATOR, 'a', body());
  const refused = registry.configurations.put(OPERATOR, 'b', body());
  await expect(refused).rejects.toMatchObject({
    code: 'bad-condition',
    message: expect.stringMatching(/every device has.*at most 1 enabled.*1 have.*MUSTER_SCANNED_CONFIGURATIONS_MAX/),
    details: { position: 0, length: NOT_INDEXABLE.length, hint: expect.stringContaining('AND') },
  });
  expect(await registry.configurations.read('b')).toBeUndefined();
});

it('keeps the limit when they are written concurrently', async () => {
  const registry = await open(3);
  const puts = Array.from({ length: 10 }, (_, n) => registry.configurations.put(OPERATOR, `c${n}`, body()));
  const settled = await Promise.allSettled(puts);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
});

it('does not count conditions that are indexable, always TRUE or disabled', async () => {
  const registry = await open(0);
  await registry.configurations.put(OPERATOR, 'a', body("device.id = 'x'"));
  await registry.configurations.put(OPERATOR, 'b', body('*'));
  await registry.configurations.put(OPERATOR, 'c', body('true'));
  await registry.configurations.put(OPERATOR, 'd', body(NOT_INDEXABLE, { enabled: false }));
  await expect(registry.configurations.put(OPERATOR, 'd', body())).rejects.toMatchObject({ code: 'bad-condition' });
  expect(await registry.configurations.read('d')).toMatchObject({ enabled: false });
});

it.each([
  ['is disabled', body(NOT_INDEXABLE, { enabled: false })],
  ['gets a condition that can be looked up', body("device.id = 'x'")],
])('has room for one more, and only one, when one %s', async (_, other) => {
  const registry = await open(1);
  await registry.configurations.put(OPERATOR, 'a', body());
  await registry.configurations.put(OPERATOR, 'a', other);
  await registry.configurations.put(OPERATOR, 'b', body());
  await expect(registry.configurations.put(OPERATOR, 'a', body())).rejects.toMatchObject({ code: 'bad-condition' });
  await registry.configurations.remove(OPERATOR, 'b');
  await registry.configurations.put(OPERATOR, 'a', body());
});

it('a counted configuration may be edited, even if the limit was lowered since', () => {
  const limit = new NonIndexableLimit(1);
  limit.startFrom(2);
  const record = { enabled: true, targetCondition: NOT_INDEXABLE } as ConfigurationRecord;
  const admit = (before: ConfigurationRecord | undefined, after: ConfigurationRecord): void => {
    limit.check(before, after);
    limit.count(before, after);
  };
  admit(record, { ...record, targetCondition: 'IS_STRING(device.id)' });
  expect(() => admit(undefined, record)).toThrow('and 2 have');
  limit.count(record, undefined);
  expect(() => admit(undefined, record)).toThrow('and 1 have');
  limit.count(record, undefined);
  admit(undefined, record);
});

it('a write that is refused for another reason, or changes nothing, is not counted', async () => {
  const registry = await open(2);
  await expect(registry.configurations.put(OPERATOR, 'a', body(), { kind: 'exists' })).rejects.toThrow(
    'does not exist',
  );
  for (let n = 0; n < 3; n += 1) await registry.configurations.put(OPERATOR, 'a', body());
  await registry.configurations.put(OPERATOR, 'b', body());
});

/** The number that a refusal names; 0 if nothing is refused at a limit of 1. */
function countOf(limit: NonIndexableLimit): number {
  try {
    limit.check(undefined, { enabled: true, targetCondition: NOT_INDEXABLE } as ConfigurationRecord);
    return 0;
  } catch (error) {
    return Number(/and (\d+) have/.exec((error as Error).message)?.[1]);
  }
}

/** At a limit of 1: three devices, and `r`, whose condition is not indexable. */
async function openFleet() {
  const [clock, limit, errors] = [new FakeClock(), new NonIndexableLimit(1), [] as string[]];
  const registry = await openRegistry({ clock, rollouts: rolloutRules, configurationLimit: limit });
  const ids = ['d-1', 'd-2', 'd-3'];
  for (const id of ids) await registry.devices.register(OPERATOR, id, {});
  await registry.configurations.put(OPERATOR, 'r', body());
  const log = (level: string, message: string) => (level === 'error' ? errors.push(message) : 0);
  const reconciler = await Reconciler.start({ registry, clock, log });
  onTestFinished(() => reconciler.stop());
  const pass = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n += 1) {
      await reconciler.idle();
      clock.advance(1_000);
    }
    await reconciler.idle();
  };
  const fail = async (): Promise<void> => {
    for (const id of ids) {
      const { desired, desiredVersion: version } = await registry.devices.mustRead(id);
      if (desired.bad)
        await registry.devices.report(deviceActor(id), id, {
          acknowledgement: { version, status: 'failed', error: 'boom' },
        });
    }
  };
  /** The counts of the limit and of the reconciler. */
  const counts = async () => {
    await reconciler.idle();
    return [countOf(limit), reconciler.counters.scannedConfigurations];
  };
  return { registry, errors, pass, fail, counts };
}

const INDEXED = "STARTS_WITH(device.id, 'd-')";
const refusal = { code: 'bad-condition' };

it('counts the condition of a stable generation as long as it is kept', async () => {
  const { registry, pass, counts } = await openFleet();
  await registry.configurations.put(OPERATOR, 'r', body(INDEXED, { rollout: {} }));
  await pass(2);
  expect(await counts()).toEqual([1, 1]);
  await expect(registry.configurations.put(OPERATOR, 's', body())).rejects.toMatchObject(refusal);
  await registry.configurations.put(OPERATOR, 'r', body(INDEXED, { rollout: {}, enabled: false }));
  expect(await counts()).toEqual([0, 0]);
  await registry.configurations.put(OPERATOR, 's', body());
  const enabled = registry.configurations.put(OPERATOR, 'r', body(INDEXED, { rollout: {} }));
  await expect(enabled).rejects.toMatchObject({
    ...refusal,
    message: expect.stringMatching(
      /condition of generation 1, which is stable, would be evaluated.*without its rollout/,
    ),
    details: { hint: expect.any(String) },
  });
  await registry.configurations.put(OPERATOR, 'r', body(INDEXED));
  expect(await counts()).toEqual([1, 1]);
});

it('a failed rollout rolls back by itself, and other configurations stay refused', async () => {
  const { registry, errors, pass, fail, counts } = await openFleet();
  const rollout = {
    phases: [{ percent: 40, wait: '3s' }, { percent: 100 }],
    abort: { failedPercent: 1, minimum: 1 },
    onAbort: 'rollback',
  };
  await registry.configurations.put(OPERATOR, 'r', body(INDEXED, { rollout, desiredProperties: { bad: 1 } }));
  await expect(registry.configurations.put(OPERATOR, 's', body())).rejects.toMatchObject(refusal);
  await pass(2);
  await fail();
  await pass(5);
  expect(await registry.configurations.mustRead('r')).toMatchObject({
    targetCondition: NOT_INDEXABLE,
    progress: { state: 'rolledBack', reason: { code: 'too-many-failures' } },
  });
  expect(errors).toEqual([]);
  expect(await counts()).toEqual([1, 1]);
});

it('a manual rollback is not refused, and is counted', async () => {
  const { registry, counts } = await openFleet();
  await registry.configurations.put(OPERATOR, 'r', body(INDEXED));
  await registry.configurations.put(OPERATOR, 's', body());
  await registry.configurations.actOnRollout(OPERATOR, 'r', { kind: 'rollback', generation: 1 });
  expect(await counts()).toEqual([2, 2]);
  await expect(registry.configurations.put(OPERATOR, 't', body())).rejects.toMatchObject(refusal);
  await registry.configurations.put(OPERATOR, 'r', body('IS_STRING(device.id)'));
});
