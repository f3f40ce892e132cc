import type {
  RolloutAction,
  RolloutActionContext,
  RolloutOutcome,
  RolloutProgress,
  RolloutReasonCode,
} from '@muster/registry';
import { type RolloutPolicy, TwinError } from '@muster/twin';
import { abortRollout, rollBack } from './roll-back.js';
import { isOver, type RolloutChange, transition } from './transition.js';

/**
 * Returns the rollout after an operator's action. Undefined is a configuration without a rollout, which can only be
 * rolled back. An abort follows `onAbort`. Promoting admits all remaining devices at once and completes. Throws
 * `conflict` if the action does not fit the state, `not-found` for a generation that is not kept.
 */
export function actOnRollout(
  progress: RolloutProgress | undefined,
  action: RolloutAction,
  context: RolloutActionContext,
): RolloutOutcome {
  if (action.kind === 'rollback') return rollBackByHand(progress, action.generation, context);
  const { policy } = context;
  if (progress === undefined || policy === undefined) {
    throw refusal('the configuration has no rollout: everybody who matches has it at once');
  }
  switch (action.kind) {
    case 'pause':
      return { progress: pause(progress, context) };
    case 'resume':
      return { progress: resume(progress, context) };
    case 'abort':
      refuseIfOver(progress, 'abort');
      return abortRollout(
        progress,
        policy.onAbort,
        context.generation + 1,
        change('aborted-by-hand', 'aborted', context),
      );
    case 'promote':
      return { progress: promote(progress, policy, context), effect: { kind: 'completed' } };
  }
}

function pause(progress: RolloutProgress, context: RolloutActionContext): RolloutProgress {
  refuseIfOver(progress, 'pause');
  if (progress.beforeDisabled !== undefined)
    throw refusal('the rollout is paused as long as the configuration is disabled');
  if (progress.state === 'paused')
    throw refusal('the rollout is paused already: resume, abort, rollback or promote it');
  return transition(progress, 'paused', change('paused-by-hand', 'paused', context));
}

function resume(progress: RolloutProgress, context: RolloutActionContext): RolloutProgress {
  refuseIfOver(progress, 'resume');
  if (progress.beforeDisabled !== undefined)
    throw refusal('the configuration is disabled: enable it to resume its rollout');
  if (progress.state !== 'paused') throw refusal(`the rollout is ${progress.state}, not paused: ${FITTING.open}`);
  const resumed = transition(progress, 'waiting', change('resumed-by-hand', 'resumed', context));
  return { ...resumed, isJustResumed: true };
}

function promote(progress: RolloutProgress, { phases }: RolloutPolicy, context: RolloutActionContext): RolloutProgress {
  if (progress.state !== 'aborted') refuseIfOver(progress, 'promote');
  const promoted = transition(progress, 'complete', change('promoted-by-hand', 'promoted', context));
  const { reachedForMs: _, beforeDisabled: __, ...rest } = promoted;
  return { ...rest, phase: phases.length - 1 };
}

function rollBackByHand(
  progress: RolloutProgress | undefined,
  named: number | undefined,
  context: RolloutActionContext,
): RolloutOutcome {
  const target = named ?? progress?.stable;
  if (target === undefined && (progress === undefined || isOver(progress.state)) && progress?.state !== 'aborted') {
    throw refusal(`there is nothing to return to by itself: name a generation, ${keptText(context)}`);
  }
  if (target !== undefined) refuseTarget(progress, target, context);
  const text = target === undefined ? 'taken back: there was nothing before' : `rolled back to generation ${target}`;
  return rollBack(progress, target, context.generation + 1, change('rolled-back-by-hand', text, context));
}

/** All generations from `key` on have the same content. */
function refuseTarget(progress: RolloutProgress | undefined, target: number, context: RolloutActionContext): void {
  const key = progress?.key ?? context.generation;
  if (target >= key && target <= context.generation && !progress?.isWithdrawn) {
    const advice = progress === undefined || isOver(progress.state) ? 'name another' : 'name another, or promote it';
    throw refusal(`generation ${target} has the content of the current one: ${advice}, ${keptText(context)}`);
  }
  if (target !== progress?.stable && !context.kept.includes(target)) {
    throw new TwinError('not-found', `there is no generation ${target}: name one that is kept, ${keptText(context)}`);
  }
}

function keptText({ kept }: RolloutActionContext): string {
  return `of ${[...kept].sort((left, right) => right - left).join(', ')}`;
}

const FITTING = {
  open: 'pause, abort, rollback or promote it',
  aborted: 'rollback or promote it, or write its rollout anew',
  complete: 'rollback it, or write another generation',
  rolledBack: 'rollback it to another generation, or write one',
} as const;

function refuseIfOver({ state }: RolloutProgress, action: string): void {
  if (state === 'aborted' || state === 'complete' || state === 'rolledBack') {
    throw refusal(`the rollout is ${state}, it is too late to ${action}: ${FITTING[state]}`);
  }
}

function refusal(message: string): TwinError {
  return new TwinError('conflict', message);
}

function change(code: RolloutReasonCode, text: string, { by, at }: RolloutActionContext): RolloutChange {
  return { code, text: `${text} by ${by}`, by, at };
}
