import type { NewChange } from '../log/change.js';
import type { Actor } from '../record/actor.js';
import type { Decision, EntryKind } from './store.js';

/** The decision with its actor in every change. A device that acts on itself is not named. */
export function withActor<Kind extends EntryKind, Result>(
  actor: Actor,
  id: string,
  decision: Decision<Kind, Result>,
): Decision<Kind, Result> {
  if (!decision.changes || (actor.kind === 'device' && actor.id === id)) return decision;
  // They were made for this decision alone: naming the actor in place spares a copy of each.
  for (const change of decision.changes as (NewChange & { actor?: Actor })[]) change.actor = actor;
  return decision;
}
