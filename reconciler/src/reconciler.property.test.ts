import { parseCondition } from '@muster/conditions';
import { type DeviceRecord, MemoryStore, type Registry } from '@muster/registry';
import { FakeClock, openRegistry } from '@muster/registry/testing';
import { type ConfigurationLayer, type JsonObject, type Layer, resolve } from '@muster/twin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reconciler } from './reconciler.js';
import { subjectOf } from './subject.js';
import { Tally } from './tally.js';

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

const device = fc.constantFrom('a-1', 'a-2', 'b-1', 'b-2', 'c');
const configuration = fc.constantFrom('k1', 'k2', 'k3', 'k4');
const leaf = fc.constantFrom<JsonObject[string]>(1, 2, 'x', true, null, [1], {});
const member = fc.oneof(leaf, fc.dictionary(fc.constantFrom('p', 'q'), leaf, { maxKeys: 2 }));
const layer = fc.dictionary(fc.constantFrom('s', 'n', 'm'), member, { maxKeys: 3 }) as fc.Arbitrary<JsonObject>;
const tags = fc.record({ region: fc.constantFrom('eu', 'us', 7) }, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;
const reported = fc.record({ battery: fc.constantFrom(5, 50, 'low', null) }) as fc.Arbitrary<JsonObject>;
const condition = fc.constantFrom(
  '*',
  "STARTS_WITH(device.name, 'a-')",
  "device.tags.region = 'eu'",
  "NOT device.tags.region = 'eu'",
  'device.reported.battery < 20',
  "device.tags.region != 'us' OR device.reported.battery >= 20",
  "device.id IN ['a-1', 'b-2', 'c']",
);
const body = fc.record({
  targetCondition: condition,
  desiredProperties: layer,
  priority: fc.integer({ min: 0, max: 2 }),
  enabled: fc.boolean(),
  enforce: fc.boolean(),
}) as unknown as fc.Arbitrary<JsonObject>;

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('register' as const), device, tags, desired: layer }),
  fc.record({ kind: fc.constant('tags' as const), device, tags }),
  fc.record({ kind: fc.constant('own' as const), device, desired: layer }),
  fc.record({ kind: fc.constant('report' as const), device, reported }),
  fc.record({
    kind: fc.constant('acknowledge' as const),
    device,
    status: fc.constantFrom('applied' as const, 'failed' as const),
  }),
  fc.record({ kind: fc.constant('presence' as const), device, connected: fc.boolean() }),
  fc.record({ kind: fc.constant('removeDevice' as const), device }),
  fc.record({ kind: fc.constant('configure' as const), id: configuration, body }),
  fc.record({ kind: fc.constant('removeConfiguration' as const), id: configuration }),
);

async function perform(registry: Registry, one: Command): Promise<unknown> {
  switch (one.kind) {
    case 'register':
      return registry.register(one.device, { tags: one.tags, desired: one.desired });
    case 'tags':
      return registry.patchDevice(one.device, { tags: one.tags });
    case 'own':
      return registry.patchDevice(one.device, { desired: one.desired });
    case 'report':
      return registry.report(one.device, { reported: one.reported });
    case 'acknowledge': {
      const { desiredVersion } = await registry.mustReadDevice(one.device);
      return registry.report(one.device, { acknowledgement: { version: desiredVersion, status: one.status } });
    }
    case 'presence':
      return registry.setPresence(one.device, { connected: one.connected });
    case 'removeDevice':
      return registry.removeDevice(one.device);
    case 'configure':
      return registry.putConfiguration(one.id, one.body);
    case 'removeConfiguration':
      return registry.removeConfiguration(one.id);
  }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The naive equation: no index, no queue, no cache. */
async function expected(registry: Registry, record: DeviceRecord): Promise<JsonObject> {
  const layers: Layer[] = [{ kind: 'device', properties: record.ownDesired }];
  for (const one of await collect(registry.configurations())) {
    const applies = one.enabled && parseCondition(one.targetCondition, 'target').test(subjectOf(record)) === true;
    if (applies)
      layers.push({ kind: 'configuration', ...one, properties: one.desiredProperties } as ConfigurationLayer);
  }
  return resolve(layers);
}

async function checkConverged(registry: Registry, reconciler: Reconciler): Promise<void> {
  const fresh = new Tally();
  for (const record of await collect(registry.devices())) {
    expect(record.desired, record.id).toEqual(await expected(registry, record));
    fresh.change(undefined, record);
  }
  for (const id of ['k1', 'k2', 'k3', 'k4']) expect(reconciler.status(id), id).toEqual(fresh.status(id));
}

/** Versions of one device in the log, of desired or reported: each is one more than the one before. */
async function checkVersions(registry: Registry): Promise<void> {
  const last = new Map<string, number>();
  const { changes } = await registry.changes(0, 100_000);
  for (const { kind, device: id, data } of changes.filter((one) => one.kind === 'desired' || one.kind === 'reported')) {
    const key = `${kind} ${id}`;
    expect(data.version, key).toBe((last.get(key) ?? 0) + 1);
    last.set(key, data.version);
  }
}

test('after random stories every twin equals the naive equation, and versions rise by one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 40 }), fc.boolean(), async (commands, isPatient) => {
      const registry = await openRegistry({ store: new MemoryStore() });
      const reconciler = await Reconciler.start({ registry, clock: new FakeClock(), log: () => {} });
      for (const one of commands) {
        await perform(registry, one).catch((error) => expect(error.code).toBe('not-found'));
        if (isPatient) await settle(reconciler);
      }
      await settle(reconciler);
      await checkConverged(registry, reconciler);
      await checkVersions(registry);
      await reconciler.stop();
    }),
    { numRuns: 150 },
  );
}, 120_000);

test('a restart at any point comes to the same end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), fc.nat(), async (commands, cut) => {
      const registry = await openRegistry();
      const first = await Reconciler.start({ registry, clock: new FakeClock(), log: () => {} });
      for (const [index, one] of commands.entries()) {
        if (index === cut % commands.length) await first.stop();
        await perform(registry, one).catch((error) => expect(error.code).toBe('not-found'));
      }
      await first.stop();
      const second = await Reconciler.start({ registry, clock: new FakeClock(), log: () => {} });
      await settle(second);
      await checkConverged(registry, second);
      await second.stop();
    }),
    { numRuns: 80 },
  );
}, 120_000);

/** Changes reach the reconciler with the next turn of the event loop. */
async function settle(reconciler: Reconciler): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await reconciler.idle();
  }
}
