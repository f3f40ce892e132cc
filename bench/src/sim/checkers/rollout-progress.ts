import type {
  ConfigurationContent,
  ConfigurationEntry,
  ConfigurationRecord,
  RolloutProgress,
  RolloutState,
} from '@muster/registry';
import { canonicalEqual } from '@muster/twin';
import { policyOf, storedConfigurations } from '../oracle/naive.js';
import { isRolloutOpen } from '../oracle/open-rollouts.js';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME =
  'S8 S11 a rollout advances phase by phase, never returns by itself, and rolls back to exactly the previous content';

/** The states that follow each state without an operator. */
const NEXT: Readonly<Record<RolloutState, readonly RolloutState[]>> = {
  waiting: ['waiting', 'running', 'complete', 'aborted', 'rolledBack'],
  running: ['running', 'complete', 'aborted', 'rolledBack'],
  paused: ['paused', 'aborted', 'rolledBack'],
  aborted: ['aborted'],
  rolledBack: ['rolledBack'],
  complete: ['complete'],
};

/** Returns the latest elapsed time at which the target of a phase was reached. */
interface Reached {
  readonly key: number;
  readonly phase: number;
  readonly atMs: number;
}

export function rolloutProgress(): Checker {
  const reached = new Map<string, Reached>();
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind !== 'committed' || event.entryKind !== 'configuration' || event.before === event.after) return;
      const { before, after } = event as { before?: ConfigurationEntry; after?: ConfigurationEntry };
      if (!after || after.deleted) return;
      const old = before && !before.deleted && before.created === after.created ? before : undefined;
      if (old?.progress && after.progress) {
        if (old.revision === after.revision) checkOwnStep(world, old, after, reached.get(after.id), event.decidedMs);
        if (after.progress.state === 'rolledBack' && after.progress.key > old.progress.key)
          checkReturn(world, old, after);
      }
      remember(reached, after, event.decidedMs);
    },
    atEnd: (world) => {
      for (const one of storedConfigurations(world)) {
        if (isRolloutOpen(world.disk, one)) world.fail(NAME, `${one.id} does not come to an end`);
      }
    },
  };
}

function checkOwnStep(
  world: World,
  before: ConfigurationRecord,
  after: ConfigurationRecord,
  reached: Reached | undefined,
  decidedMs: number,
): void {
  const [old, young] = [before.progress, after.progress];
  if (!old || !young) return;
  const fail = (text: string): void => world.fail(NAME, `${after.id} ${text}`);
  if (!NEXT[old.state].includes(young.state)) fail(`was ${old.state}, and is ${young.state} by itself`);
  if (old.key !== young.key) fail('rolls out other content by itself');
  if (young.phase < old.phase) fail(`returns to phase ${young.phase} from ${old.phase}`);
  if (young.phase === old.phase && young.state === old.state && isFallen(old, young))
    fail('forgets that it was reached');
  const phases = policyOf(after)?.phases ?? [];
  const end = young.state === 'complete' ? phases.length : young.phase;
  for (let phase = old.phase; phase < end; phase += 1) {
    const waitMs = phases[phase]?.waitMs ?? 0;
    const waitedMs = reached?.key === old.key && reached.phase === phase ? decidedMs - reached.atMs : 0;
    if (waitedMs < waitMs) fail(`waited ${waitedMs} ms in phase ${phase} instead of ${waitMs}`);
  }
}

function isFallen({ reachedForMs: before }: RolloutProgress, { reachedForMs: after }: RolloutProgress): boolean {
  return before !== undefined && (after === undefined || after < before);
}

/** An operator may have written a longer history than there was: the history that was stored first counts. */
function remember(reached: Map<string, Reached>, { id, progress }: ConfigurationRecord, decidedMs: number): void {
  if (progress?.reachedForMs === undefined) {
    reached.delete(id);
    return;
  }
  const { key, phase, reachedForMs } = progress;
  const known = reached.get(id);
  const isSame = known?.key === key && known.phase === phase;
  const atMs = Math.min(decidedMs - reachedForMs, isSame ? known.atMs : Number.POSITIVE_INFINITY);
  reached.set(id, { key, phase, atMs });
}

/** Reports whether the content is that of the named generation, or of the generation it came from. */
function checkReturn(world: World, before: ConfigurationRecord, after: ConfigurationRecord): void {
  const [, named] = /generation (\d+)/.exec(after.progress?.reason.text ?? '') ?? [];
  const isByHand = after.progress?.reason.code === 'rolled-back-by-hand';
  const generation = isByHand ? Number(named) : before.progress?.stable;
  const kept = [...before.history, ...(before.stable ? [before.stable] : [])];
  const target = kept.find((one) => one.generation === generation);
  if (!target || !isSame(target, after) || target.contentGeneration !== after.contentGeneration) {
    world.fail(NAME, `${after.id} is not rolled back to generation ${generation}`);
  }
}

function isSame(left: ConfigurationContent, right: ConfigurationContent): boolean {
  return (
    left.targetCondition === right.targetCondition &&
    left.priority === right.priority &&
    left.enforce === right.enforce &&
    canonicalEqual(left.desiredProperties, right.desiredProperties)
  );
}
