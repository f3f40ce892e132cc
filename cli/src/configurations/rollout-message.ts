import type { ConfigurationView } from '@muster/api';
import { isSameContent } from '@muster/twin';

/** Describes the effect of storing a configuration on its rollout; undefined if there is none. */
export function rolloutMessage(before: ConfigurationView | undefined, after: ConfigurationView): string | undefined {
  const { id, rollout, enabled } = after;
  if (rollout === undefined || before?.generation === after.generation) return undefined;
  const isNew = before === undefined || !isSameContent(before, after);
  if (!isNew && before.rollout === undefined) return 'nothing to roll out: every matching device has it already';
  if (!enabled) return 'its rollout does not advance while the configuration is disabled';
  const what = isNew ? 'a rollout begins' : 'its rollout was edited';
  return `${what}: muster status ${id} --watch`;
}
