import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { API_TOKEN, type Change, deviceActor, LmdbStore, RECONCILER } from './index.js';
import { openRegistry, setDesired } from './testing/index.js';

async function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'muster-actor-'));
  let store = LmdbStore.open(folder);
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const reopen = async (): Promise<readonly Change[]> => {
    await store.close();
    store = LmdbStore.open(folder);
    return (await store.changes(0, 100)).changes;
  };
  return { registry: await openRegistry({ store }), reopen };
}

test('every change keeps its actor; a device that acts on itself is not named', async () => {
  const { registry, reopen } = await openFolder();
  const ann = { kind: 'operator', id: 'ann' } as const;
  await registry.devices.register(API_TOKEN, 'd', {});
  await registry.devices.patch(ann, 'd', { name: 'n' });
  await registry.devices.report(deviceActor('d'), 'd', { reported: { a: 1 } });
  await registry.devices.setPresence(deviceActor('d'), 'd', { connected: true });
  await setDesired(registry, 'd', () => ({ kind: 'document', desired: { a: 1 }, configurations: [] }));
  await registry.configurations.put(ann, 'c', { targetCondition: '*', desiredProperties: {} });
  await registry.devices.remove(API_TOKEN, 'd');
  const actors = (await reopen()).map(({ kind, actor }) => [kind, actor]);
  expect(actors).toEqual([
    ['device', API_TOKEN],
    ['device', ann],
    ['reported', undefined],
    ['presence', undefined],
    ['desired', RECONCILER],
    ['configuration', ann],
    ['desired', API_TOKEN],
    ['reported', API_TOKEN],
    ['presence', API_TOKEN],
    ['device', API_TOKEN],
  ]);
});
