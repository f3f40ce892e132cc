import { type ConfigurationInput, type PreviewView, parseRollout } from '@muster/api';
import { isSameContent, LIMITS } from '@muster/twin';
import { deviceCount } from '../text/device-count.js';
import { completeInput } from './configuration-file.js';

const SCALE = 10 ** LIMITS.percentDecimalsMax;

/**
 * Describes how a rollout brings a change to the devices. A preview counts the devices at the end of the rollout.
 * The server has accepted the rollout.
 */
export function rolloutForecast(
  before: ConfigurationInput | undefined,
  { rollout, ...content }: ConfigurationInput,
  { matched, atOnce }: Pick<PreviewView, 'matched' | 'atOnce'>,
): string[] {
  if (rollout === undefined || content.enabled === false) return [];
  if (before && isSameContent(completeInput(before), completeInput(content))) {
    return before.rollout === undefined
      ? ['  with a rollout: nothing to roll out, every matching device has it already']
      : ['  with a rollout, which continues at its phase'];
  }
  const { phases } = parseRollout(rollout, '/rollout');
  const [{ percent } = { percent: 100 }] = phases;
  const target = Math.ceil((Math.round(percent * SCALE) * matched) / (100 * SCALE));
  const how = phases.length === 1 ? 'in one phase' : `in ${phases.length} phases`;
  const first = `  rolled out ${how}: the first has ${percent} %, ${deviceCount(target)} of ${matched} at once`;
  const back = `  ${deviceCount(atOnce)} would return to the stable generation at once, until they are admitted`;
  return atOnce > 0 ? [first, back] : [first];
}
