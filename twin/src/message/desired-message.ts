import { isObject, type Json, type JsonObject } from '../json/json.js';
import { mergePatch } from '../json/merge-patch.js';

/** A message on `$twin/desired`: `desired` is a merge patch from `base` to `version`, or the document if base is 0. */
export interface DesiredMessage {
  readonly version: number;
  readonly base: number;
  readonly desired: JsonObject;
}

/** The desired document that a device holds, with its version. */
export interface Held {
  readonly version: number;
  readonly document: JsonObject;
}

export type Reception =
  | { readonly kind: 'taken'; readonly held: Held; readonly patch: JsonObject }
  | { readonly kind: 'known' }
  /** The message starts at a version that the device does not hold: publish `$twin/get` with the held version. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'malformed' };

/** The rule of a device (PROTOCOL, device side): take base 0 or the held version, ignore a version it already has. */
export function receiveDesired(held: Held, message: Json): Reception {
  if (!isDesiredMessage(message)) return { kind: 'malformed' };
  const { version, base, desired } = message;
  if (version === held.version) return { kind: 'known' };
  if (base !== 0 && base !== held.version) return { kind: 'lost' };
  const document = mergePatch(base === 0 ? {} : held.document, desired);
  return { kind: 'taken', held: { version, document }, patch: desired };
}

function isDesiredMessage(message: Json): message is Json & DesiredMessage {
  return isObject(message) && isVersion(message.version) && isVersion(message.base) && isObject(message.desired);
}

function isVersion(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
