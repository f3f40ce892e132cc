import {
  type AbortThreshold,
  LIMITS,
  parseDuration,
  parseInstant,
  type RolloutPhase,
  type RolloutPolicy,
  TwinError,
} from '@muster/twin';
import { parseRolloutWindow } from './parse-rollout-window.js';
import { type RolloutInput, RolloutSchema } from './rollout.js';
import { validate } from './validate.js';

/**
 * Checks a rollout as an operator wrote it, and fills in its defaults. `path` is its JSON Pointer, such as `/rollout`.
 * Throws `malformed` for a value that is missing or of the wrong type, and `bad-request` for a value that is out of
 * bounds or not known. Both name the place and what to write.
 */
export function parseRollout(input: unknown, path: string): RolloutPolicy {
  const rollout = validate(RolloutSchema, input, { path });
  const { retries = 0, timeout, onFailure = 'fallback', ratePerMinute, startAt, window } = rollout;
  return {
    phases: parsePhases(rollout, `${path}/phases`),
    ...parseAbort(rollout, path),
    retries,
    timeoutMs: timeout === undefined ? undefined : parseTimeout(timeout, `${path}/timeout`),
    onFailure,
    ratePerMinute,
    startAt: startAt === undefined ? undefined : parseInstant(startAt, `${path}/startAt`),
    window: window && parseRolloutWindow(window, `${path}/window`),
  };
}

function parsePhases({ phases = [{ percent: 100 }] }: RolloutInput, path: string): readonly RolloutPhase[] {
  let before = 0;
  return phases.map(({ percent, wait }, index) => {
    const place = `${path}/${index}/percent`;
    checkDecimals(percent, place);
    if (percent <= before) {
      refuse(place, `does not rise: write more than ${before}, percents include the phases before`);
    }
    if (index === phases.length - 1 && percent !== 100) {
      refuse(place, 'is the last: write 100, so that every device is admitted');
    }
    before = percent;
    return { percent, waitMs: wait === undefined ? 0 : parseDuration(wait, `${path}/${index}/wait`) };
  });
}

function checkDecimals(percent: number, path: string): void {
  const scale = 10 ** LIMITS.percentDecimalsMax;
  // A quotient of two integers is rounded once, as a written decimal is: they are equal if it has few enough decimals.
  if (Math.round(percent * scale) / scale === percent) return;
  refuse(path, `is too fine: write at most ${LIMITS.percentDecimalsMax} decimals`);
}

function parseAbort({ abort, onAbort }: RolloutInput, path: string): Pick<RolloutPolicy, 'abort' | 'onAbort'> {
  if (abort?.onAbort !== undefined && onAbort !== undefined) {
    refuse(`${path}/abort/onAbort`, `is written twice: omit it here, or ${path}/onAbort`);
  }
  return {
    abort: abort && parseThreshold(abort, `${path}/abort`),
    onAbort: onAbort ?? abort?.onAbort ?? 'hold',
  };
}

function parseThreshold(
  { failedPercent, minimum = 1 }: NonNullable<RolloutInput['abort']>,
  path: string,
): AbortThreshold {
  checkDecimals(failedPercent, `${path}/failedPercent`);
  return { failedPercent, minimum };
}

function parseTimeout(text: string, path: string): number {
  const timeoutMs = parseDuration(text, path);
  return timeoutMs > 0 ? timeoutMs : refuse(path, 'is zero: write more, or omit it for no limit');
}

function refuse(path: string, advice: string): never {
  throw new TwinError('bad-request', `${path} ${advice}`, { path });
}
