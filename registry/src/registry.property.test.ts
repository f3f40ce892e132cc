import { type JsonObject, mergePatch } from '@muster/twin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change, DeviceEntry, Registry, Resolution } from './index.js';
import { MemoryStore } from './index.js';
import { deviceActor } from './record/actor.js';
import { openRegistry, setDesired } from './testing/index.js';
import { OPERATOR } from './testing/operator.js';
import { readLog } from './testing/store-suite/numbered-entry.js';
import { TwinModel } from './testing/twin-model.js';

const ID = 'd';

/** Short names and few values: equal documents, repetitions and conflicts must happen often. */
const leaf = fc.constantFrom(1, 2, 'x', true);
const inner = fc.dictionary(fc.constantFrom('a', 'b'), leaf, { maxKeys: 2 });
const document: fc.Arbitrary<JsonObject> = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(leaf, inner), {
  maxKeys: 3,
});
const patch: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(leaf, fc.constant(null), inner, fc.dictionary(fc.constantFrom('a', 'b'), fc.constant(null))),
  { maxKeys: 3 },
);
const configurations = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('x', 'y'),
    generation: fc.integer({ min: 1, max: 2 }),
    created: fc.integer({ min: 1, max: 2 }),
    overridden: fc.boolean(),
  }),
  { selector: ({ id }) => id, maxLength: 2 },
);
const admissions = fc.option(
  fc.array(
    fc.record({
      id: fc.constantFrom('x', 'y'),
      ...{ created: fc.constant(1), key: fc.constant(1), phase: fc.constant(0), givenAt: fc.constant(0) },
      attempts: fc.integer({ min: 1, max: 2 }),
      state: fc.constantFrom('given' as const, 'applied' as const),
      version: fc.nat(3),
    }),
    { maxLength: 2 },
  ),
  { nil: undefined },
);
const resolution: fc.Arbitrary<Resolution> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('document' as const), desired: document, configurations, admissions }),
  },
  fc.record({
    kind: fc.constant('problem' as const),
    problem: fc.constant({ code: 'too-large', message: 'too large' } as const),
    configurations,
    admissions,
  }),
);
const acknowledgement = fc.record({ version: fc.nat(12), status: fc.constantFrom('applied', 'failed') });

type Work = (registry: Registry) => Promise<unknown>;

const command: fc.Arbitrary<Work> = fc.oneof(
  fc
    .record({ name: fc.constantFrom(ID, 'n'), tags: document, desired: patch }, { requiredKeys: [] })
    .map((body) => (registry: Registry) => registry.devices.register(OPERATOR, ID, body)),
  fc
    .record({ name: fc.constantFrom('n', null), tags: patch, desired: patch }, { requiredKeys: [] })
    .map((body) => (registry: Registry) => registry.devices.patch(OPERATOR, ID, body)),
  { weight: 1, arbitrary: fc.constant<Work>((registry: Registry) => registry.devices.remove(OPERATOR, ID)) },
  { weight: 3, arbitrary: resolution.map((one) => (registry: Registry) => setDesired(registry, ID, () => one)) },
  {
    weight: 2,
    arbitrary: patch.map(
      (reported) => (registry: Registry) => registry.devices.report(deviceActor(ID), ID, { reported }),
    ),
  },
  {
    weight: 3,
    arbitrary: acknowledgement.map(
      (one) => (registry: Registry) => registry.devices.report(deviceActor(ID), ID, { acknowledgement: one }),
    ),
  },
  fc
    .boolean()
    .map((connected) => (registry: Registry) => registry.devices.setPresence(deviceActor(ID), ID, { connected })),
);

test('after any verbs: versions count changes only, the log yields the documents, and trails lead back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
      const store = new MemoryStore();
      const registry = await openRegistry({ store });
      const model = new TwinModel();
      for (const work of [...commands, ...commands]) {
        const before = await store.read('device', ID);
        const { head } = await store.changes(0, 1);
        await work(registry).catch(expectRefusal);
        const changes = await readLog(store, head);
        const after = await store.read('device', ID);
        model.step(before, after, changes);
      }
      expect(fold(await readLog(store))).toEqual(documentsOf(await store.read('device', ID)));
    }),
    { numRuns: 400 },
  );
});

function expectRefusal(error: unknown): void {
  expect(error).toMatchObject({ name: 'TwinError', code: expect.stringMatching(/^(not-found|unknown-version)$/) });
}

/** The documents of a consumer that folds every event. */
function fold(log: readonly Change[]): { desired: JsonObject; reported: JsonObject } {
  const documents = { desired: {}, reported: {} };
  for (const { kind, data } of log) {
    if (kind === 'desired' || kind === 'reported') documents[kind] = mergePatch(documents[kind], data.patch);
  }
  return documents;
}

function documentsOf(entry: DeviceEntry | undefined): { desired: JsonObject; reported: JsonObject } {
  if (!entry || entry.deleted) return { desired: {}, reported: {} };
  return { desired: entry.desired, reported: entry.reported };
}
