import { LIMITS } from './limit.js';
import { type Place, refuseValue, textOf } from './members.js';

/** One zone for all, or the one that a tag of each device names. `path` leads from the root of the tags. */
export type RolloutTimezone =
  | { readonly kind: 'zone'; readonly zone: string }
  | { readonly kind: 'tag'; readonly path: readonly string[] };

/**
 * Whether it is a name of the IANA time zone database that this runtime knows, in any case. Offsets such as
 * `+01:00` are none: they know no summer time, and not every runtime takes them. Asks Intl, which costs tens of
 * microseconds: whoever asks for many devices remembers the answers.
 */
export function isTimezone(name: string): boolean {
  if (name.length > LIMITS.timezoneLengthMax || !/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const TAG = /^device\.tags((?:\.[A-Za-z_$][\w$]*|\['[^'\\]+'\]|\["[^"\\]+"\])+)$/;
const TAG_STEP = /\.([\w$]+)|\['([^']+)'\]|\["([^"]+)"\]/g;

/** Paths of tags are written as in the condition language, without escapes in brackets. */
export function parseTimezone(place: Place): RolloutTimezone {
  const text = textOf(place, EXAMPLE);
  if (isTimezone(text)) return { kind: 'zone', zone: text };
  const [, steps] = text.length <= LIMITS.timezoneLengthMax ? (TAG.exec(text) ?? []) : [];
  if (steps === undefined) return refuseValue(place, `is no time zone: write ${EXAMPLE}`);
  return {
    kind: 'tag',
    path: [...steps.matchAll(TAG_STEP)].map(([, bare, single, double]) => bare ?? single ?? double ?? ''),
  };
}

const EXAMPLE = 'an IANA name such as "Europe/Prague" or "UTC", or a tag such as "device.tags.timezone"';
