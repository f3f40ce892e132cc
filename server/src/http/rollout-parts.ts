import { type ConfigurationRecord, checkPrecondition, type Precondition, type Registry } from '@muster/registry';
import { type RolloutView, TwinError } from '@muster/twin';
import type { ReconcilerPart } from './app-parts.js';

export type RolloutAction =
  | { readonly kind: 'pause' | 'resume' | 'abort' | 'promote' }
  /** Without a generation: to the stable one. */
  | { readonly kind: 'rollback'; readonly generation?: number | undefined };

interface RolloutVerbs {
  actOnRollout(
    id: string,
    action: RolloutAction,
    by?: string,
    precondition?: Precondition,
  ): Promise<ConfigurationRecord>;
}

interface RolloutViews {
  rolloutStatus(id: string): Promise<RolloutView | undefined>;
}

/** What an operator does to a rollout; a registry that keeps none refuses every action. */
export async function actOnRollout(
  registry: Registry & Partial<RolloutVerbs>,
  id: string,
  action: RolloutAction,
  precondition: Precondition,
): Promise<ConfigurationRecord> {
  if (registry.actOnRollout) return registry.actOnRollout(id, action, undefined, precondition);
  checkPrecondition(precondition, (await registry.mustReadConfiguration(id)).revision);
  throw new TwinError('conflict', `${id} has no rollout to ${action.kind}`);
}

/** How a rollout stands; undefined for a configuration that has none and had none. */
export async function rolloutViewOf(
  reconciler: ReconcilerPart & Partial<RolloutViews>,
  id: string,
): Promise<RolloutView | undefined> {
  return reconciler.rolloutStatus?.(id);
}
