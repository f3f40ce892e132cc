import type { Actor } from '@muster/registry';
import {
  type Change,
  type ConfigurationRecord,
  MemoryStore,
  RECONCILER,
  type Registry,
  type RolloutAction,
  type RolloutOutcome,
  type RolloutProgress,
} from '@muster/registry';
import { FakeClock, OPERATOR, openRegistry } from '@muster/registry/testing';
import { type JsonObject, LIMITS } from '@muster/twin';
import { describe, expect, test } from 'vitest';
import { rolloutRules } from './rollout-rules.js';

const ANN: Actor = { kind: 'operator', id: 'ann' };
const BOB: Actor = { kind: 'operator', id: 'bob' };
const ID = 'c';
const SLOW = { phases: [{ percent: 10, wait: '1h' }, { percent: 100 }] };
/** The same to whoever admits, written in another way. */
const SLOW_TOO = { phases: [{ percent: 10, wait: '60m' }, { percent: 100 }] };

type Step = (registry: Registry) => Promise<unknown>;

const put =
  (n: number, more: JsonObject = {}): Step =>
  (registry) =>
    registry.configurations.put(ANN, ID, { targetCondition: '*', desiredProperties: { n }, ...more });
const rolledOut = (n: number, more: JsonObject = {}): Step => put(n, { rollout: SLOW, ...more });
const act =
  (kind: RolloutAction['kind'], generation?: number): Step =>
  (registry) =>
    registry.configurations.actOnRollout(BOB, ID, {
      kind,
      ...(generation === undefined ? {} : { generation }),
    } as RolloutAction);
const itself =
  (outcomeOf: (progress: RolloutProgress) => RolloutOutcome): Step =>
  async (registry) => {
    const stored = await registry.configurations.mustRead(ID);
    if (stored.progress)
      await registry.configurations.advanceRollout(RECONCILER, ID, stored, outcomeOf(stored.progress));
  };
const begins = itself((progress) => ({
  progress: { ...progress, state: 'running', reason: { code: 'begun', text: 'begun' }, changedBy: 'muster' },
}));
const waits = itself((progress) => ({ progress: { ...progress, allowance: 5, reachedForMs: 1 } }));
const returnsTo = (generation: number, key: number): Step =>
  itself((progress) => ({
    progress: {
      key,
      state: 'rolledBack',
      reason: { code: 'too-many-failures', text: 'too many failed' },
      changedBy: 'muster',
      changedAt: progress.changedAt,
      phase: 0,
      allowance: 0,
    },
    effect: { kind: 'rollback', generation },
  }));

interface Told {
  readonly record: ConfigurationRecord;
  /** What the last step told, on one line each. */
  readonly changes: readonly string[];
}

/** Each step a second after the one before, the first at 1 s. */
async function after(...steps: readonly Step[]): Promise<Told> {
  const [store, clock] = [new MemoryStore(), new FakeClock(0)];
  const registry = await openRegistry({ store, clock, rollouts: rolloutRules });
  let head = 0;
  for (const step of steps) {
    ({ head } = await store.changes(0, 0));
    clock.advance(1_000);
    await step(registry);
  }
  const { changes } = await store.changes(head, 100);
  return { record: await registry.configurations.mustRead(ID), changes: changes.map(line) };
}

function line({ data }: Change): string {
  if (!('change' in data) || !('generation' in data)) return 'of a device';
  const { change, generation } = data;
  if (change !== 'rollout') return `${change} ${generation}`;
  return `${change} ${generation} ${data.state} ${data.phase} ${data.reason.code} by ${data.by}`;
}

interface Case {
  readonly what: string;
  readonly steps: readonly Step[];
  /** Generation, `contentGeneration`, revision, `progressRevision`, stable generation, and when it was updated, in seconds. */
  readonly numbers: readonly [number, number, number, number, number | undefined, number];
  readonly state: RolloutProgress['state'] | undefined;
  readonly changes: readonly string[];
}

const PUTS: readonly Case[] = [
  {
    what: 'a new configuration rolls out from nothing',
    steps: [rolledOut(1)],
    numbers: [1, 1, 1, 0, undefined, 1],
    state: 'waiting',
    changes: ['created 1', 'rollout 1 waiting 1 written by ann'],
  },
  {
    what: 'another content rolls out from what everybody had',
    steps: [put(1), rolledOut(2)],
    numbers: [2, 2, 2, 0, 1, 2],
    state: 'waiting',
    changes: ['replaced 2', 'rollout 2 waiting 1 written by ann'],
  },
  {
    what: 'an unfinished one gives way to the next, from what was stable',
    steps: [put(1), rolledOut(2), begins, rolledOut(3)],
    numbers: [3, 3, 3, 1, 1, 4],
    state: 'waiting',
    changes: ['replaced 3', 'rollout 3 waiting 1 written by ann'],
  },
  {
    what: 'one that nobody began gives way, too, and that is told',
    steps: [put(1), rolledOut(2), rolledOut(3)],
    numbers: [3, 3, 3, 0, 1, 3],
    state: 'waiting',
    changes: ['replaced 3', 'rollout 3 waiting 1 written by ann'],
  },
  {
    what: 'the same again changes nothing',
    steps: [put(1), rolledOut(2), begins, rolledOut(2)],
    numbers: [2, 2, 2, 1, 1, 2],
    state: 'running',
    changes: [],
  },
  {
    what: 'a rollout that was written in another way is another generation, and goes on',
    steps: [put(1), rolledOut(2), begins, put(2, { rollout: SLOW_TOO })],
    numbers: [3, 2, 3, 1, 1, 4],
    state: 'running',
    changes: ['replaced 3'],
  },
  {
    what: 'to add a rollout holds nothing back from those who have it',
    steps: [put(1), rolledOut(1)],
    numbers: [2, 1, 2, 0, undefined, 2],
    state: 'complete',
    changes: ['replaced 2', 'rollout 2 complete 2 nothing-to-roll-out by ann'],
  },
  {
    what: 'to take it away gives it to everybody',
    steps: [put(1), rolledOut(2), begins, put(2)],
    numbers: [3, 2, 3, 1, undefined, 4],
    state: undefined,
    changes: ['replaced 3'],
  },
  {
    what: 'what is disabled pauses',
    steps: [put(1), rolledOut(2), rolledOut(2, { enabled: false })],
    numbers: [2, 2, 3, 0, 1, 3],
    state: 'paused',
    changes: ['replaced 2', 'rollout 2 paused 1 disabled by ann'],
  },
  {
    what: 'and goes on once it is enabled',
    steps: [put(1), rolledOut(2), begins, rolledOut(2, { enabled: false }), rolledOut(2)],
    numbers: [2, 2, 4, 1, 1, 5],
    state: 'running',
    changes: ['replaced 2', 'rollout 2 running 1 enabled by ann'],
  },
  {
    what: 'made again under the same id it is another',
    steps: [put(1), rolledOut(2), begins, (registry) => registry.configurations.remove(OPERATOR, ID), rolledOut(2)],
    numbers: [1, 1, 4, 0, undefined, 5],
    state: 'waiting',
    changes: ['created 1', 'rollout 1 waiting 1 written by ann'],
  },
];

const ACTIONS: readonly Case[] = [
  {
    what: 'a pause is a write of an operator',
    steps: [put(1), rolledOut(2), act('pause')],
    numbers: [2, 2, 3, 0, 1, 3],
    state: 'paused',
    changes: ['rollout 2 paused 1 paused-by-hand by bob'],
  },
  {
    what: 'after a promotion it is known where it came from',
    steps: [put(1), rolledOut(2), act('promote')],
    numbers: [2, 2, 3, 0, 1, 3],
    state: 'complete',
    changes: ['rollout 2 complete 2 promoted-by-hand by bob'],
  },
  {
    what: 'a rollback is another generation, and devices that have its layer keep it',
    steps: [put(1), rolledOut(2), act('rollback')],
    numbers: [3, 1, 3, 0, undefined, 3],
    state: 'rolledBack',
    changes: ['replaced 3', 'rollout 3 rolledBack 1 rolled-back-by-hand by bob'],
  },
  {
    what: 'without a rollout one can roll back, too',
    steps: [put(1), put(2), put(3), act('rollback', 1)],
    numbers: [4, 1, 4, 0, undefined, 4],
    state: 'rolledBack',
    changes: ['replaced 4', 'rollout 4 rolledBack 1 rolled-back-by-hand by bob'],
  },
  {
    what: 'where there was nothing before it is withdrawn, which is no generation',
    steps: [rolledOut(1), act('rollback')],
    numbers: [1, 1, 2, 0, undefined, 2],
    state: 'rolledBack',
    changes: ['rollout 1 rolledBack 1 rolled-back-by-hand by bob'],
  },
  {
    what: 'what is withdrawn stays so when it is written again',
    steps: [rolledOut(1), act('rollback'), rolledOut(1)],
    numbers: [1, 1, 2, 0, undefined, 2],
    state: 'rolledBack',
    changes: [],
  },
  {
    what: 'what was rolled back is written as it is: nothing changes',
    steps: [put(1), rolledOut(2), act('rollback'), rolledOut(1)],
    numbers: [3, 1, 3, 0, undefined, 3],
    state: 'rolledBack',
    changes: [],
  },
  {
    what: 'also without a rollout',
    steps: [put(1), put(2), act('rollback', 1), put(1)],
    numbers: [3, 1, 3, 0, undefined, 3],
    state: 'rolledBack',
    changes: [],
  },
  {
    what: 'what was fled rolls out again when it is written again, from what was returned to',
    steps: [put(1), rolledOut(2), act('rollback'), rolledOut(2)],
    numbers: [4, 4, 4, 0, 3, 4],
    state: 'waiting',
    changes: ['replaced 4', 'rollout 4 waiting 1 written by ann'],
  },
];

const BY_ITSELF: readonly Case[] = [
  {
    what: 'it begins: no revision, and nobody edited it',
    steps: [put(1), rolledOut(2), begins],
    numbers: [2, 2, 2, 1, 1, 2],
    state: 'running',
    changes: ['rollout 2 running 1 begun by muster'],
  },
  {
    what: 'time passes: it is stored and not told',
    steps: [put(1), rolledOut(2), begins, waits],
    numbers: [2, 2, 2, 2, 1, 2],
    state: 'running',
    changes: [],
  },
  {
    what: 'it rolls back: a revision, for the content is another',
    steps: [put(1), rolledOut(2), begins, returnsTo(1, 3)],
    numbers: [3, 1, 3, 2, undefined, 4],
    state: 'rolledBack',
    changes: ['replaced 3', 'rollout 3 rolledBack 1 too-many-failures by muster'],
  },
];

describe.each([
  { name: 'written', cases: PUTS },
  { name: 'by hand', cases: ACTIONS },
  { name: 'by itself', cases: BY_ITSELF },
])('$name', ({ cases }) => {
  test.each(cases)('$what', async ({ steps, numbers, state, changes }) => {
    const { record, changes: told } = await after(...steps);
    const { generation, contentGeneration, revision, progressRevision, stable, updatedAt, history, progress } = record;
    expect([generation, contentGeneration, revision, progressRevision, stable?.generation, updatedAt / 1_000]).toEqual(
      numbers,
    );
    expect(told).toEqual(changes);
    expect(progress?.state).toBe(state);
    expect(stable?.generation).toBe(progress?.stable);
    expect(history[0]).toMatchObject({ generation, contentGeneration, desiredProperties: record.desiredProperties });
    expect(history[0]?.rollout).toEqual(record.rollout);
  });
});

test('what is stable is kept when it has left the history, and can be returned to', async () => {
  const edits = Array.from({ length: LIMITS.generationsKept }, (_, index) =>
    put(2, { rollout: { ...SLOW, retries: index + 1 } }),
  );
  const { record } = await after(put(1), rolledOut(2), begins, ...edits);
  expect(record.history.map(({ generation }) => generation)).not.toContain(1);
  expect(record.stable).toMatchObject({ generation: 1, contentGeneration: 1, desiredProperties: { n: 1 } });
  const back = await after(put(1), rolledOut(2), begins, ...edits, act('rollback'));
  const generation = record.generation + 1;
  expect(back.record).toMatchObject({ generation, contentGeneration: 1, desiredProperties: { n: 1 } });
  expect(back.record.stable).toBeUndefined();
});

test('whoever does not say who it is, is an operator', async () => {
  const [store, clock] = [new MemoryStore(), new FakeClock()];
  const registry = await openRegistry({ store, clock, rollouts: rolloutRules });
  await registry.configurations.put(OPERATOR, ID, { targetCondition: '*', desiredProperties: {}, rollout: {} });
  await registry.configurations.actOnRollout(OPERATOR, ID, { kind: 'pause' });
  const { changes } = await store.changes(0, 10);
  expect(changes.map(line)).toEqual([
    'created 1',
    'rollout 1 waiting 1 written by operator',
    'rollout 1 paused 1 paused-by-hand by operator',
  ]);
});

describe('refused', () => {
  test.each<{ what: string; steps: readonly Step[]; refused: Step; code: string }>([
    { what: 'what does not fit the state', steps: [rolledOut(1)], refused: act('resume'), code: 'conflict' },
    { what: 'a generation that is not kept', steps: [put(1)], refused: act('rollback', 7), code: 'not-found' },
    { what: 'a configuration that is not there', steps: [], refused: act('pause'), code: 'not-found' },
    {
      what: 'one that was changed meanwhile',
      steps: [rolledOut(1)],
      refused: (registry) =>
        registry.configurations.actOnRollout(BOB, ID, { kind: 'pause' }, { kind: 'match', revisions: [7] }),
      code: 'precondition-failed',
    },
    {
      what: 'a rollout that is none',
      steps: [],
      refused: put(1, { rollout: { phases: [{ percent: 500 }] } }),
      code: 'bad-request',
    },
  ])('$what', async ({ steps, refused, code }) => {
    const [store, clock] = [new MemoryStore(), new FakeClock()];
    const registry = await openRegistry({ store, clock, rollouts: rolloutRules });
    for (const step of steps) await step(registry);
    const before = await registry.configurations.read(ID);
    await expect(refused(registry)).rejects.toMatchObject({ code });
    expect(await registry.configurations.read(ID)).toBe(before);
  });

  test('without rules: every rollout', async () => {
    const registry = await openRegistry();
    await expect(rolledOut(1)(registry)).rejects.toMatchObject({ code: 'bad-request', details: { path: '/rollout' } });
    await put(1)(registry);
    await expect(act('rollback', 1)(registry)).rejects.toMatchObject({ code: 'bad-request' });
  });
});

describe('of a configuration that is another by now nothing is stored', () => {
  test.each<{ what: string; meanwhile: Step }>([
    { what: 'written', meanwhile: rolledOut(3) },
    { what: 'acted on', meanwhile: act('pause') },
    { what: 'gone on by itself', meanwhile: waits },
    { what: 'deleted', meanwhile: (registry) => registry.configurations.remove(OPERATOR, ID) },
    {
      what: 'made again',
      meanwhile: async (registry) => {
        await registry.configurations.remove(OPERATOR, ID);
        await rolledOut(2)(registry);
      },
    },
  ])('$what', async ({ meanwhile }) => {
    const registry = await openRegistry({ clock: new FakeClock(), rollouts: rolloutRules });
    await rolledOut(2)(registry);
    const seen = await registry.configurations.mustRead(ID);
    await meanwhile(registry);
    const before = await registry.configurations.read(ID);
    const { progress } = seen;
    const answer = progress && (await registry.configurations.advanceRollout(RECONCILER, ID, seen, { progress }));
    expect(answer).toBeUndefined();
    expect(await registry.configurations.read(ID)).toBe(before);
  });
});
