import type { ConfigurationInput, PreviewCountsView } from '@muster/api';
import { parseCondition } from '@muster/conditions';
import type { DeviceRecord, Registry } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import { OPERATOR } from '@muster/registry/testing';
import {
  canonicalEqual,
  compareLayers,
  isObject,
  type Json,
  type JsonObject,
  type Layer,
  LIMITS,
  leafPaths,
  resolve,
  valueAt,
} from '@muster/twin';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { indexingView } from '../cache/indexing.js';
import {
  applyingLayers,
  collect,
  configurations,
  layers,
  plainPreview,
  previewOf,
  reported,
  startWorld,
  tags,
  type World,
} from '../testing/index.js';
import { pathChanges } from './path-changes.js';

interface Fleet {
  readonly devices: readonly { tags: JsonObject; desired: JsonObject; reported: JsonObject }[];
  readonly stored: readonly JsonObject[];
}

const fleets: fc.Arbitrary<Fleet> = fc.record({
  devices: fc.array(fc.record({ tags, desired: layers, reported }), { minLength: 1, maxLength: 14 }),
  stored: fc.array(configurations, { maxLength: 4 }),
});
/** `c0` may be stored already; then the candidate is an edit. */
const candidates = fc.record({ id: fc.constantFrom('c0', 'new'), body: configurations });

const SECRET = 'sixteen characters';

const idOf = (n: number): string => `${n % 2 === 0 ? 'a' : 'b'}-${n}`;

async function build(registry: Registry, { devices, stored }: Fleet): Promise<void> {
  for (const [n, device] of devices.entries()) {
    await registry.devices.register(OPERATOR, idOf(n), { tags: device.tags, desired: device.desired });
    await registry.devices.report(deviceActor(idOf(n)), idOf(n), { reported: device.reported });
  }
  for (const [n, body] of stored.entries()) await registry.configurations.put(OPERATOR, `c${n}`, body);
}

interface Look {
  readonly record: DeviceRecord;
  readonly layers: readonly Layer[];
}

async function look(registry: Registry): Promise<Look[]> {
  return Promise.all(
    (await collect(registry.devices.all())).map(async (record) => {
      const own: Layer = { kind: 'device', properties: record.ownDesired };
      return { record, layers: [own, ...(await applyingLayers(registry, record))] };
    }),
  );
}

const has = (id: string) => (one: Look) =>
  one.layers.some((layer) => layer.kind === 'configuration' && layer.id === id);
const nameOf = (layer: Layer): string => (layer.kind === 'device' ? 'device' : layer.id);
const pointerOf = (path: readonly string[]): string => path.map((name) => `/${name}`).join('');

/** The value at the end of a path, or the first value on the way that is not an object. */
function metAt(document: JsonObject, path: readonly string[]): { value: Json; depth: number } | undefined {
  let value: Json = document;
  for (const [depth, name] of path.entries()) {
    if (!isObject(value)) return { value, depth };
    if (!Object.hasOwn(value, name)) return undefined;
    value = value[name] as Json;
  }
  return { value, depth: path.length };
}

/** The layer without its value at a path. */
function without(path: readonly string[], document: JsonObject): JsonObject {
  const [name = '', ...rest] = path;
  const { [name]: member, ...others } = document;
  if (member === undefined) return document;
  if (rest.length === 0) return others;
  return { ...others, [name]: isObject(member) ? without(rest, member) : member };
}

/** Whether the mask with the highest rank at a path removes a value of a lower rank, other masks aside. */
function removesSomething(path: readonly string[], lower: readonly Layer[]): boolean {
  const isMask = ({ properties }: Layer) => {
    const met = metAt(properties, path);
    return met?.value === null && met.depth === path.length;
  };
  const unmasked = lower.map((layer) =>
    isMask(layer) ? { ...layer, properties: without(path, layer.properties) } : layer,
  );
  return metAt(resolve(unmasked), path)?.depth === path.length;
}

/** The winner of each path, found path by path: leaves of the document, and masks that remove a value. */
function decisions(all: readonly Layer[]): { path: string; winner: Layer; beaten: Layer[] }[] {
  const masks = all.flatMap(({ properties }) =>
    leafPaths(properties).filter((path) => valueAt(properties, path) === null),
  );
  const paths = new Map([...leafPaths(resolve(all)), ...masks].map((path) => [pointerOf(path), path]));
  return [...paths].flatMap(([pointer, path]) => {
    const ranked = all.toSorted(compareLayers).toReversed();
    const [winner, ...beaten] = ranked.filter(({ properties }) => metAt(properties, path) !== undefined);
    const isLeaf = leafPaths(resolve(all)).some((leaf) => pointerOf(leaf) === pointer);
    if (!winner) return [];
    const isMask = valueAt(winner.properties, path) === null && removesSomething(path, beaten);
    return isLeaf || isMask ? [{ path: pointer, winner, beaten }] : [];
  });
}

function counted<Key extends object>(keys: readonly Key[]): (Key & { devices: number })[] {
  const counts = new Map<string, Key & { devices: number }>();
  for (const key of keys) {
    const text = textOf(key);
    counts.set(text, { ...key, devices: (counts.get(text)?.devices ?? 0) + 1 });
  }
  return [...counts.values()];
}

/** The correct preview, computed from the devices before and after. */
function expected(before: readonly Look[], after: readonly Look[], id: string): Omit<PreviewCountsView, 'sample'> {
  const [was, will] = [before.filter(has(id)), after.filter(has(id))];
  const isIn = (list: readonly Look[]) => (one: Look) => list.some(({ record }) => record.id === one.record.id);
  const isNow = (one: Look) => canonicalEqual(one.record.desired, after.find(isIn([one]))?.record.desired);
  const decided = will.flatMap(({ layers: all }) => decisions(all));
  const won = decided.filter(({ winner }) => nameOf(winner) === id);
  const lost = decided.filter(
    ({ winner, beaten }) => nameOf(winner) !== id && beaten.some((layer) => nameOf(layer) === id),
  );
  const moved = before.flatMap((one) => {
    const then = after.find(isIn([one]))?.record.desired ?? {};
    return pathChanges(one.record.desired, then);
  });
  const conflicts = [
    ...won.flatMap(({ path, beaten }) => beaten.map((layer) => ({ path, with: nameOf(layer), winner: id }))),
    ...lost.map(({ path, winner }) => ({ path, with: nameOf(winner), winner: nameOf(winner) })),
  ];
  return {
    matched: will.length,
    entering: will.filter((one) => !isIn(was)(one)).length,
    leaving: was.filter((one) => !isIn(will)(one)).length,
    changed: before.filter((one) => !isNow(one)).length,
    atOnce: before.filter((one) => !isNow(one)).length,
    overridden: will.filter(({ record }) => record.configurations.some((one) => one.id === id && one.overridden))
      .length,
    problems: will.filter(({ record }) => record.problem !== undefined).length,
    paths: counted(won.map(({ path }) => ({ path }))),
    conflicts: counted(conflicts),
    changes: counted(moved),
    changesLeftOut: 0,
  };
}

/** Equal for values that are equal as JSON, in any order of members. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    isObject(part as Json) ? Object.fromEntries(Object.entries(part as object).sort()) : part,
  );

const byText = (left: unknown, right: unknown): number => (textOf(left) < textOf(right) ? -1 : 1);

test('a write does what its preview says', async () => {
  await fc.assert(
    fc.asyncProperty(fleets, candidates, async (fleet, { id, body }) => {
      const { registry, reconciler } = await startWorld((one) => build(one, fleet));
      await reconciler.idle();
      const before = await look(registry);
      const { sample, paths, conflicts, changes, ...numbers } = await previewOf({ registry, reconciler }, id, body);
      expect(await look(registry)).toEqual(before);
      await registry.configurations.put(OPERATOR, id, body);
      await reconciler.idle();
      const after = await look(registry);
      const told = expected(before, after, id);
      const { paths: expectedPaths, conflicts: expectedConflicts, changes: expectedChanges, ...expectedNumbers } = told;
      const indexing = indexingView(parseCondition(body.targetCondition, 'target'));
      expect(numbers).toEqual({ ...expectedNumbers, problems: 0, ...indexing });
      expect(paths.toSorted(byText)).toEqual(expectedPaths.toSorted(byText));
      expect(conflicts.toSorted(byText)).toEqual(expectedConflicts.toSorted(byText));
      expect(changes.toSorted(byText)).toEqual(expectedChanges.toSorted(byText));
      expect(sample).toHaveLength(Math.min(LIMITS.previewSampleMax, numbers.changed));
      for (const one of sample) {
        const desiredOf = (looks: readonly Look[]) => looks.find(({ record }) => record.id === one.id)?.record.desired;
        expect(one).toEqual({ id: one.id, before: desiredOf(before), after: desiredOf(after) });
      }
      await reconciler.stop();
    }),
    { numRuns: 200 },
  );
}, 60_000);

async function world(prepare: (registry: Registry) => Promise<unknown>): Promise<World> {
  const made = await startWorld(prepare);
  onTestFinished(() => made.reconciler.stop());
  await made.reconciler.idle();
  return made;
}

test('without an id it is called preview, and replaces nothing, not even a configuration of that name', async () => {
  const made = await world(async (registry) => {
    await registry.devices.register(OPERATOR, 'a', {});
    await registry.configurations.put(OPERATOR, 'preview', { targetCondition: '*', desiredProperties: { speed: 1 } });
  });
  const input: ConfigurationInput = { targetCondition: '*', desiredProperties: { speed: 2 } };
  const { entering, conflicts, sample } = await previewOf(made, undefined, input);
  expect([entering, sample]).toEqual([1, [{ id: 'a', before: { speed: 1 }, after: { speed: 2 } }]]);
  expect(conflicts).toEqual([{ path: '/speed', with: 'preview', winner: 'preview', devices: 1 }]);
});

test('a device whose layers together exceed a limit does not change, and is counted', async () => {
  const half = (name: string): JsonObject =>
    Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`${name}${n}`, 'x'.repeat(1_000)]));
  const made = await world(async (registry) => {
    await registry.devices.register(OPERATOR, 'a', { desired: half('own') });
    await registry.devices.register(OPERATOR, 'b', {});
  });
  const view = await previewOf(made, 'c', { targetCondition: '*', desiredProperties: half('other') });
  expect(view).toMatchObject({ matched: 2, entering: 2, changed: 1, problems: 1, sample: [{ id: 'b' }] });
});

test('a bad condition or id is rejected', async () => {
  const made = await world(async () => {});
  const refused = (id: string, targetCondition: string) =>
    expect(previewOf(made, id, { targetCondition, desiredProperties: {} })).rejects;
  await refused('c', 'a b').toMatchObject({ code: 'bad-condition', details: { position: expect.any(Number) } });
  await refused('c', 'device.desired.a = 1').toMatchObject({ code: 'bad-condition' });
  await refused('bad id', '*').toMatchObject({ code: 'bad-id' });
});

/** Devices of a few kinds in any order, and what an operator may do to a stored configuration or beside it. */
const crowds = fc.record({
  kinds: fc.array(fc.record({ tags, desired: layers, reported }), { minLength: 1, maxLength: 24 }),
  order: fc.array(fc.nat({ max: 23 }), { minLength: 20, maxLength: 60 }),
  stored: fc.array(configurations, { maxLength: 4 }),
});

test('a preview with its memo equals a plain one', async () => {
  await fc.assert(
    fc.asyncProperty(crowds, candidates, async ({ kinds, order, stored }, { id, body }) => {
      const devices = order.flatMap((kind) => kinds[kind % kinds.length] ?? []);
      const { registry, reconciler } = await startWorld((one) => build(one, { devices, stored }));
      await expectPlain(registry, reconciler, id, body);
      await reconciler.stop();
    }),
    { numRuns: 200 },
  );
}, 60_000);

async function expectPlain(
  registry: Registry,
  reconciler: World['reconciler'],
  id: string,
  body: ConfigurationInput,
): Promise<void> {
  const stored = {
    devices: await collect(registry.devices.all()),
    configurations: await collect(registry.configurations.all()),
  };
  const { paths, conflicts, changes, ...numbers } = await previewOf({ registry, reconciler }, id, body);
  const plain = plainPreview(stored, id, body);
  expect({
    ...numbers,
    paths: paths.toSorted(byText),
    conflicts: conflicts.toSorted(byText),
    changes: changes.toSorted(byText),
  }).toEqual({
    ...plain,
    paths: plain.paths.toSorted(byText),
    conflicts: plain.conflicts.toSorted(byText),
    changes: plain.changes.toSorted(byText),
  });
  for (const list of [conflicts, changes]) {
    const counts = list.map(({ devices }) => devices);
    expect(counts).toEqual(counts.toSorted((left, right) => right - left));
  }
}

test('a preview is the same whether all devices are read or only the candidates', async () => {
  const { registry, reconciler } = await world(async (one) => {
    for (let n = 0; n < 1_200; n += 1) {
      const [region, desired] = [['eu', 'us', 'ap'][n % 3] ?? '', n % 5 === 0 ? { speed: n % 2 } : {}];
      await one.devices.register(OPERATOR, `d-${n}`, {
        tags: { region },
        desired,
        auth: { type: 'secret', secret: SECRET },
      });
    }
    await one.configurations.put(OPERATOR, 'c0', {
      targetCondition: '*',
      desiredProperties: { speed: 7, net: { a: 1 } },
    });
  });
  for (const targetCondition of ['*', "NOT device.tags.region = 'eu'", "device.tags.region = 'eu'"]) {
    for (const id of ['c0', 'new']) {
      await expectPlain(registry, reconciler, id, { targetCondition, desiredProperties: { speed: 1 } });
    }
  }
});

test('devices that keep their last document are told apart by it', async () => {
  const half = (name: string): JsonObject =>
    Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`${name}${n}`, 'x'.repeat(1_000)]));
  const { registry, reconciler } = await world(async (one) => {
    for (const id of ['a', 'b']) await one.devices.register(OPERATOR, id, { desired: { [id]: 1 } });
  });
  await reconciler.idle();
  await registry.configurations.put(OPERATOR, 'c', { targetCondition: '*', desiredProperties: half('own') });
  for (const id of ['a', 'b']) await registry.devices.register(OPERATOR, id, { desired: half('other') });
  await reconciler.idle();
  const { sample, changes } = await previewOf({ registry, reconciler }, 'c', {
    targetCondition: '*',
    desiredProperties: {},
  });
  expect(sample.map(({ id, before }) => [id, Object.hasOwn(before, 'a'), Object.hasOwn(before, 'b')])).toEqual([
    ['a', true, false],
    ['b', false, true],
  ]);
  expect(changes).toContainEqual({ path: '/a', before: 1, devices: 1 });
});

test('the newest write is seen, and a preview over a given record is of that record', async () => {
  const { registry, reconciler } = await world((one) => one.devices.register(OPERATOR, 'a', {}));
  await registry.configurations.put(OPERATOR, 'c', { targetCondition: '*', desiredProperties: { speed: 1 } });
  const stored = await registry.configurations.read('c');
  const input: ConfigurationInput = { targetCondition: '*', desiredProperties: { speed: 2 } };
  const planned = registry.configurations.plan(OPERATOR, 'c', stored, input);
  const changes = [{ path: '/speed', before: 1, after: 2, devices: 1 }];
  expect(await previewOf({ registry, reconciler }, 'c', input)).toMatchObject({ entering: 0, changed: 1, changes });
  await registry.configurations.put(OPERATOR, 'c', { targetCondition: '*', desiredProperties: { speed: 3 } });
  expect(await reconciler.preview({ stored, planned, isComplete: true })).toMatchObject({
    entering: 0,
    changed: 1,
    changes,
  });
});

test('the sample has the first devices in the order of ids, whatever their order in memory', async () => {
  const ids = Array.from({ length: 30 }, (_, n) => `d-${String((n * 7) % 30).padStart(2, '0')}`);
  const { registry, reconciler } = await world(async () => {});
  for (const id of ids) await registry.devices.register(OPERATOR, id, { auth: { type: 'secret', secret: SECRET } });
  const { sample } = await previewOf({ registry, reconciler }, 'c', {
    targetCondition: '*',
    desiredProperties: { speed: 1 },
  });
  expect(sample.map(({ id }) => id)).toEqual(ids.toSorted().slice(0, LIMITS.previewSampleMax));
});

test('the fleet is evaluated in slices', async () => {
  const made = await world(async (registry) => {
    for (let n = 0; n < 2_000; n += 1)
      await registry.devices.register(OPERATOR, `d-${n}`, { auth: { type: 'secret', secret: SECRET } });
  });
  let [turns, isDone] = [0, false];
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  count();
  const { matched } = await previewOf(made, undefined, { targetCondition: '*', desiredProperties: {} });
  isDone = true;
  expect(matched).toBe(2_000);
  expect(turns).toBeGreaterThanOrEqual(3);
});
