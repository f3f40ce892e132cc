import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deviceActor, LmdbStore, MemoryStore, type Registry, type Store } from '@muster/registry';
import { OPERATOR } from '@muster/registry/testing';
import { type JsonObject, type Layer, resolve } from '@muster/twin';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Reconciler } from './reconciler.js';
import { StatusCounter } from './status/status-counter.js';
import {
  applyingLayers,
  collect,
  configurationIds,
  configurations,
  deviceIds,
  layers,
  reported,
  startWorld,
  tags,
} from './testing/index.js';

/** What an operator or a device does in a random story. */
type Command =
  | { kind: 'register'; device: string; tags: JsonObject; desired: JsonObject }
  | { kind: 'tags'; device: string; tags: JsonObject }
  | { kind: 'own'; device: string; desired: JsonObject }
  | { kind: 'report'; device: string; reported: JsonObject }
  | { kind: 'acknowledge'; device: string; status: 'applied' | 'failed' }
  | { kind: 'presence'; device: string; connected: boolean }
  | { kind: 'removeDevice'; device: string }
  | { kind: 'configure'; id: string; body: JsonObject }
  | { kind: 'removeConfiguration'; id: string };

const device = fc.constantFrom(...deviceIds);
const configuration = fc.constantFrom(...configurationIds);

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('register' as const), device, tags, desired: layers }),
  fc.record({ kind: fc.constant('tags' as const), device, tags }),
  fc.record({ kind: fc.constant('own' as const), device, desired: layers }),
  fc.record({ kind: fc.constant('report' as const), device, reported }),
  fc.record({
    kind: fc.constant('acknowledge' as const),
    device,
    status: fc.constantFrom('applied' as const, 'failed' as const),
  }),
  fc.record({ kind: fc.constant('presence' as const), device, connected: fc.boolean() }),
  fc.record({ kind: fc.constant('removeDevice' as const), device }),
  fc.record({ kind: fc.constant('configure' as const), id: configuration, body: configurations }),
  fc.record({ kind: fc.constant('removeConfiguration' as const), id: configuration }),
);

async function perform(registry: Registry, one: Command): Promise<unknown> {
  switch (one.kind) {
    case 'register':
      return registry.devices.register(OPERATOR, one.device, { tags: one.tags, desired: one.desired });
    case 'tags':
      return registry.devices.patch(OPERATOR, one.device, { tags: one.tags });
    case 'own':
      return registry.devices.patch(OPERATOR, one.device, { desired: one.desired });
    case 'report':
      return registry.devices.report(deviceActor(one.device), one.device, { reported: one.reported });
    case 'acknowledge': {
      const { desiredVersion } = await registry.devices.mustRead(one.device);
      return registry.devices.report(deviceActor(one.device), one.device, {
        acknowledgement: { version: desiredVersion, status: one.status },
      });
    }
    case 'presence':
      return registry.devices.setPresence(deviceActor(one.device), one.device, { connected: one.connected });
    case 'removeDevice':
      return registry.devices.remove(OPERATOR, one.device);
    case 'configure':
      return registry.configurations.put(OPERATOR, one.id, one.body);
    case 'removeConfiguration':
      return registry.configurations.remove(OPERATOR, one.id);
  }
}

async function checkConverged(registry: Registry, reconciler: Reconciler): Promise<void> {
  const fresh = new StatusCounter();
  for (const record of await collect(registry.devices.all())) {
    const own: Layer = { kind: 'device', properties: record.ownDesired };
    const expected = resolve([own, ...(await applyingLayers(registry, record))]);
    expect(record.desired, record.id).toEqual(expected);
    fresh.change(undefined, record);
  }
  for (const id of configurationIds) expect(reconciler.status(id), id).toEqual(fresh.status(id));
}

/** Versions of one device in the log, of desired or reported: each is one more than the one before. */
async function checkVersions(registry: Registry): Promise<void> {
  const last = new Map<string, number>();
  const { changes } = await registry.changeLog.read(0, 100_000);
  for (const { kind, device: id, data } of changes.filter((one) => one.kind === 'desired' || one.kind === 'reported')) {
    const key = `${kind} ${id}`;
    expect(data.version, key).toBe((last.get(key) ?? 0) + 1);
    last.set(key, data.version);
  }
}

interface Story {
  readonly commands: readonly Command[];
  /** Whether everything settles after each command. */
  readonly isPatient: boolean;
}

async function tell({ commands, isPatient }: Story, store: Store): Promise<void> {
  const { registry, reconciler, clock } = await startWorld(undefined, store);
  try {
    for (const one of commands) {
      await perform(registry, one).catch((error) => expect(error.code).toBe('not-found'));
      if (isPatient) await reconciler.idle();
      if (one.kind === 'presence') clock.advance(60_000);
    }
    await reconciler.idle();
    await checkConverged(registry, reconciler);
    await checkVersions(registry);
    expect(reconciler.counters.repaired).toBe(0);
  } finally {
    await reconciler.stop();
  }
}

const stories = fc.record({
  commands: fc.array(command, { minLength: 1, maxLength: 40 }),
  isPatient: fc.boolean(),
});

test('after random stories every twin equals the naive equation, and no sweep had anything to repair', async () => {
  await fc.assert(
    fc.asyncProperty(stories, (story) => tell(story, new MemoryStore())),
    { numRuns: 150 },
  );
}, 120_000);

test('it is so, too, where changes are under way to disk for a while', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-reconciler-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      runs += 1;
      const store = LmdbStore.open(join(folder, String(runs)));
      await tell(story, store);
      await store.close();
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('a restart at any point comes to the same end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), fc.nat(), async (commands, cut) => {
      const store = new MemoryStore();
      const first = await startWorld(undefined, store);
      for (const [index, one] of commands.entries()) {
        if (index === cut % commands.length) await first.reconciler.stop();
        await perform(first.registry, one).catch((error) => expect(error.code).toBe('not-found'));
      }
      await first.reconciler.stop();
      const second = await startWorld(undefined, store);
      await second.reconciler.idle();
      await checkConverged(second.registry, second.reconciler);
      await second.reconciler.stop();
    }),
    { numRuns: 80 },
  );
}, 120_000);
