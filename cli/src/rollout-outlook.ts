import { type ConfigurationInput, type PreviewView, parseRollout } from '@muster/api';
import { LIMITS } from '@muster/twin';
import { completeInput } from './configuration-file.js';
import { isSameContent } from './is-same-content.js';
import { deviceCount } from './output/preview-lines.js';

const SCALE = 10 ** LIMITS.percentDecimalsMax;

/**
 * How what would change comes to the devices, where it is not all of them at once: for a preview, which counts
 * who has it in the end. The server has accepted the rollout.
 */
export function rolloutOutlook(
  before: ConfigurationInput | undefined,
  { rollout, ...content }: ConfigurationInput,
  { matched, atOnce }: Pick<PreviewView, 'matched' | 'atOnce'>,
): string[] {
  if (rollout === undefined || content.enabled === false) return [];
  if (before && isSameContent(completeInput(before), completeInput(content))) {
    return before.rollout === undefined
      ? ['  with a rollout: there is nothing to roll out, everybody who matches has it']
      : ['  with a rollout, which goes on where it is'];
  }
  const { phases } = parseRollout(rollout, '/rollout');
  const [{ percent } = { percent: 100 }] = phases;
  const target = Math.ceil((Math.round(percent * SCALE) * matched) / (100 * SCALE));
  const how = phases.length === 1 ? 'in one phase' : `in ${phases.length} phases`;
  const first = `  rolled out ${how}: the first has ${percent} %, ${deviceCount(target)} of ${matched} at once`;
  const back = `  ${deviceCount(atOnce)} would return at once to the stable generation, until their turn comes`;
  return atOnce > 0 ? [first, back] : [first];
}
