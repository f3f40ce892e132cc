import type { ConfigurationView } from '@muster/api';
import { isSameContent } from './is-same-content.js';

/** What storing a configuration did to its rollout, for a person; undefined where there is nothing to tell. */
export function rolloutNews(before: ConfigurationView | undefined, after: ConfigurationView): string | undefined {
  const { id, rollout, enabled } = after;
  if (rollout === undefined || before?.generation === after.generation) return undefined;
  const isNew = before === undefined || !isSameContent(before, after);
  if (!isNew && before.rollout === undefined)
    return 'everybody who matches had it before: there is nothing to roll out';
  if (!enabled) return 'its rollout stands still as long as the configuration is disabled';
  const what = isNew ? 'a rollout begins' : 'its rollout was written anew';
  return `${what}: muster status ${id} --watch`;
}
