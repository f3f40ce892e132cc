import { parseRollout } from '@muster/api';
import {
  type Change,
  type ConfigurationContent,
  type ConfigurationRecord,
  configurationView,
  MemoryStore,
  RECONCILER,
  type Registry,
  type RolloutAction,
} from '@muster/registry';
import { FakeClock, OPERATOR, openRegistry } from '@muster/registry/testing';
import { isTwinError, type JsonObject, LIMITS } from '@muster/twin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advanceRollout, spendAdmissions } from './advance-rollout.js';
import { rolloutRules } from './rollout-rules.js';

const ID = 'c';

type Command =
  | { readonly kind: 'put'; readonly body: JsonObject }
  | { readonly kind: 'edit'; readonly part: JsonObject }
  | { readonly kind: 'act'; readonly action: RolloutAction }
  | {
      readonly kind: 'advance';
      readonly isLate: boolean;
      readonly facts: { readonly matching: number; readonly admitted: number; readonly failed: number };
    }
  | { readonly kind: 'remove' };

const THREE = [{ percent: 10, wait: '1s' }, { percent: 50 }, { percent: 100 }];
/** The second means the same as the third. */
const rollout = fc.constantFrom<JsonObject>(
  { phases: THREE },
  { phases: THREE, retries: 0 },
  { abort: { failedPercent: 0, onAbort: 'rollback' } },
  { abort: { failedPercent: 0 }, phases: THREE },
  { ratePerMinute: 5, startAt: '2030-01-01T00:00:10Z' },
);
/** Few values: the same content must come again. */
const content = fc.record({
  targetCondition: fc.constantFrom('*', 'device.tags.a = 1'),
  desiredProperties: fc.constantFrom<JsonObject>({ a: 1 }, { a: 2 }, { a: 2, b: 1 }),
  priority: fc.constantFrom(0, 1),
});
const written = fc
  .tuple(content, fc.option(rollout, { nil: undefined, freq: 8 }), fc.constantFrom(true, true, true, false))
  .map(([one, policy, enabled]) => ({ ...one, enabled, ...(policy === undefined ? {} : { rollout: policy }) }));
const edited = fc.oneof(
  rollout.map((one) => ({ rollout: one })),
  fc.boolean().map((enabled) => ({ enabled })),
  fc.constantFrom({ description: 'why' }, { labels: { team: 'a' } }),
  fc.constantFrom({ targetCondition: '*' }, { targetCondition: 'device.tags.a = 1' }),
);
const action: fc.Arbitrary<RolloutAction> = fc.oneof(
  fc.constantFrom('pause' as const, 'resume' as const, 'abort' as const, 'promote' as const).map((kind) => ({ kind })),
  fc.constant({ kind: 'rollback' as const }),
  fc.integer({ min: 1, max: 40 }).map((generation) => ({ kind: 'rollback' as const, generation })),
);
const facts = fc.record({ matching: fc.constant(10), admitted: fc.nat(10), failed: fc.constantFrom(0, 0, 0, 1) });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: written.map((body) => ({ kind: 'put' as const, body })) },
  { weight: 4, arbitrary: edited.map((part) => ({ kind: 'edit' as const, part })) },
  { weight: 6, arbitrary: action.map((one) => ({ kind: 'act' as const, action: one })) },
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), isLate: fc.constantFrom(false, false, true), facts }),
  },
);
/** As many generations as are kept, so that what is stable leaves the history. */
const churn: Command[] = Array.from({ length: LIMITS.generationsKept }, (_, index) => {
  return { kind: 'edit', part: { rollout: { phases: THREE, retries: index + 1 } } };
});
const life = fc.array(
  fc.oneof({ weight: 40, arbitrary: command.map((one) => [one]) }, { weight: 1, arbitrary: fc.constant(churn) }),
  { maxLength: 60, size: 'max' },
);
const commands = fc
  .tuple(life, fc.array(command, { maxLength: 20 }), fc.boolean())
  .map(([first, next, isRemoved]) => [...first.flat(), ...(isRemoved ? [{ kind: 'remove' as const }] : []), ...next]);

/** One configuration to which things happen, and what was seen of it. */
class Story {
  readonly #store = new MemoryStore();
  readonly #clock = new FakeClock();
  readonly #registry: Promise<Registry> = openRegistry({
    store: this.#store,
    clock: this.#clock,
    rollouts: rolloutRules,
  });
  readonly #contents = new Map<number, JsonObject>();
  readonly #layers = new Map<number, JsonObject>();
  #head = 0;
  #told: Change['data'] | undefined;

  /** Answers the configuration as it is then. */
  async step(one: Command): Promise<ConfigurationRecord | undefined> {
    this.#clock.advance(1_000);
    const registry = await this.#registry;
    const before = await registry.configurations.read(ID);
    const isRefused = await this.#perform(registry, one, before).then(() => false, isExpected);
    const after = await registry.configurations.read(ID);
    if (isRefused) expect(after).toBe(before);
    if (before?.created !== after?.created) this.#forget();
    await this.#listen();
    if (after === undefined) return undefined;
    this.#countsUp(one, before, after);
    this.#keepsContents(after);
    this.#tellsTheRollout(after);
    expect(JSON.parse(JSON.stringify(after))).toEqual(after);
    await this.#isWrittenOnce(registry, after);
    return after;
  }

  async #perform(registry: Registry, one: Command, stored: ConfigurationRecord | undefined): Promise<unknown> {
    switch (one.kind) {
      case 'put':
        return registry.configurations.put(OPERATOR, ID, one.body);
      case 'edit':
        return stored && registry.configurations.put(OPERATOR, ID, { ...view(stored), ...one.part });
      case 'act':
        return registry.configurations.actOnRollout({ kind: 'operator', id: 'ann' }, ID, one.action);
      case 'advance':
        return stored && this.#advance(registry, stored, one);
      case 'remove':
        return registry.configurations.remove(OPERATOR, ID);
    }
  }

  async #advance(
    registry: Registry,
    stored: ConfigurationRecord,
    { isLate, facts: { matching, admitted, failed } }: Extract<Command, { kind: 'advance' }>,
  ): Promise<void> {
    const { progress, generation } = stored;
    if (progress === undefined || stored.rollout === undefined) return;
    const policy = parseRollout(stored.rollout as JsonObject, '/rollout');
    const counts = { generation, matching, admitted, granted: 0, applied: Math.max(0, admitted - failed), failed };
    const step = advanceRollout(progress, policy, counts, { now: this.#clock.now(), elapsedMs: 1_000 });
    const outcome = { progress: spendAdmissions(step.progress, policy, step.admit), effect: step.effect };
    const at = isLate ? { ...stored, progressRevision: stored.progressRevision - 1 } : stored;
    const answer = await registry.configurations.advanceRollout(RECONCILER, ID, at, outcome);
    expect(answer).toBe(isLate ? undefined : await registry.configurations.read(ID));
    if (isLate) expect(await registry.configurations.read(ID)).toBe(stored);
  }

  #forget(): void {
    this.#contents.clear();
    this.#layers.clear();
    this.#told = undefined;
  }

  async #listen(): Promise<void> {
    const { changes, head } = await this.#store.changes(this.#head, 100);
    this.#head = head;
    for (const { data } of changes) if ('change' in data && data.change === 'rollout') this.#told = data;
  }

  #countsUp(one: Command, before: ConfigurationRecord | undefined, after: ConfigurationRecord): void {
    if (before === undefined || before === after) return;
    const isNext = after.generation !== before.generation;
    const isByItself = one.kind === 'advance';
    expect(after.generation).toBe(before.generation + (isNext ? 1 : 0));
    expect(after.revision).toBe(before.revision + (isNext || !isByItself ? 1 : 0));
    expect(after.progressRevision).toBe(before.progressRevision + (isByItself ? 1 : 0));
    if (isByItself && !isNext) expect(after.updatedAt).toBe(before.updatedAt);
    else expect(after.updatedAt).toBe(this.#clock.now());
  }

  /** What a generation had once it has for ever, and devices can tell by `contentGeneration` what they have. */
  #keepsContents(record: ConfigurationRecord): void {
    const { history, progress, stable, generation } = record;
    expect(history[0]).toMatchObject({ ...contentOf(record), generation, contentGeneration: record.contentGeneration });
    expect(stable?.generation).toBe(progress?.stable);
    for (const one of [...history, ...(stable ? [stable] : [])]) {
      const { targetCondition: _, ...layer } = contentOf(one);
      expect(remembered(this.#contents, one.generation, contentOf(one))).toEqual(contentOf(one));
      expect(remembered(this.#layers, one.contentGeneration, layer)).toEqual(layer);
    }
    expect(generation).toBeGreaterThanOrEqual(progress?.key ?? generation);
    for (let key = progress?.key ?? generation; key < generation; key += 1) {
      expect(this.#contents.get(key), 'from the key on it is the same').toEqual(contentOf(record));
    }
  }

  /** Whoever hears the changes knows how it stands. */
  #tellsTheRollout({ progress, generation }: ConfigurationRecord): void {
    if (progress === undefined) return;
    const { state, reason, phase } = progress;
    expect(this.#told).toMatchObject({ change: 'rollout', state, reason, phase: phase + 1 });
    if (progress.key === generation) expect(this.#told).toMatchObject({ generation });
  }

  /** What was read and is written back changes nothing. */
  async #isWrittenOnce(registry: Registry, record: ConfigurationRecord): Promise<void> {
    const { record: again } = await registry.configurations.put(OPERATOR, ID, view(record));
    expect(again).toBe(record);
  }
}

function remembered(known: Map<number, JsonObject>, generation: number, value: JsonObject): JsonObject {
  const before = known.get(generation);
  if (before === undefined) known.set(generation, value);
  return before ?? value;
}

function contentOf({ targetCondition, desiredProperties, priority, enforce }: ConfigurationContent): JsonObject {
  return { targetCondition, desiredProperties, priority, enforce };
}

function view(record: ConfigurationRecord): JsonObject {
  return JSON.parse(JSON.stringify(configurationView(record)));
}

function isExpected(error: unknown): boolean {
  if (isTwinError(error) && ['conflict', 'not-found'].includes(error.code)) return true;
  throw error;
}

test('whatever is written, done and left to itself: numbers rise, contents stay, and the changes tell it', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (all) => {
      const story = new Story();
      for (const one of all) await story.step(one);
    }),
    { numRuns: 200 },
  );
}, 60_000);

test('rolled back and rolled back again, the content is what it was', async () => {
  await fc.assert(
    fc.asyncProperty(commands, fc.nat(), async (all, index) => {
      const story = new Story();
      let record: ConfigurationRecord | undefined;
      for (const one of all) record = await story.step(one);
      if (record === undefined || record.progress?.isWithdrawn) return;
      const key = record.progress?.key ?? record.generation;
      const others = record.history.filter(({ generation }) => generation < key);
      const target = others[index % others.length];
      if (target === undefined) return;
      const rollback = (generation: number) => story.step({ kind: 'act', action: { kind: 'rollback', generation } });
      const there = await rollback(target.generation);
      expect(there && contentOf(there)).toEqual(contentOf(target));
      expect(there).toMatchObject({ contentGeneration: target.contentGeneration, progress: { state: 'rolledBack' } });
      const back = await rollback(record.generation);
      expect(back && contentOf(back)).toEqual(contentOf(record));
      expect(back?.contentGeneration).toBe(record.contentGeneration);
      expect(back?.generation).toBe(record.generation + 2);
      expect(back?.rollout).toEqual(record.rollout);
    }),
    { numRuns: 200 },
  );
}, 60_000);
