import { isObject, type Json, type JsonObject } from '../json/json.js';
import { mergePatch } from '../json/merge-patch.js';

/** What `$twin/desired` carries: `desired` is a merge patch from `base` to `version`, or with base 0 the whole. */
export interface DesiredMessage {
  readonly version: number;
  readonly base: number;
  readonly desired: JsonObject;
}

/** What a device holds of its desired document. */
export interface Held {
  readonly version: number;
  readonly document: JsonObject;
}

export type Reception =
  | { readonly kind: 'taken'; readonly held: Held; readonly patch: JsonObject }
  | { readonly kind: 'known' }
  /** The message starts elsewhere: publish `$twin/get` with the version held. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'malformed' };

/** The rule of a device (PROTOCOL, device side): take base 0 or the version it has, ignore what it already has. */
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
