import { formatPointer, isTimezone, type JsonObject, LIMITS, type RolloutTimezone, valueAt } from '@muster/twin';

export type DeviceTimezone =
  | { readonly isKnown: true; readonly zone: string }
  | { readonly isKnown: false; readonly reason: string };

/**
 * Returns the time zone that decides for a device with these tags, or a sentence that says why there is none. `known`
 * caches the names that were looked up before.
 */
export function timezoneOf(timezone: RolloutTimezone, tags: JsonObject, known: KnownTimezones): DeviceTimezone {
  if (timezone.kind === 'zone') return { isKnown: true, zone: timezone.zone };
  const value = valueAt(tags, timezone.path);
  const place = `the tag ${formatPointer(timezone.path)}`;
  if (value === undefined) return { isKnown: false, reason: `${place} is missing` };
  if (typeof value !== 'string') return { isKnown: false, reason: `${place} is not a text` };
  if (!known.has(value)) return { isKnown: false, reason: `${place} names no time zone: ${JSON.stringify(value)}` };
  return { isKnown: true, zone: value };
}

/** Caches which names are time zones: asking Intl for each of a million devices would take a minute. */
export class KnownTimezones {
  readonly #known = new Map<string, boolean>();

  has(name: string): boolean {
    const remembered = this.#known.get(name);
    if (remembered !== undefined) return remembered;
    if (this.#known.size >= LIMITS.timezonesRemembered) this.#known.clear();
    const isKnown = isTimezone(name);
    this.#known.set(name, isKnown);
    return isKnown;
  }
}
