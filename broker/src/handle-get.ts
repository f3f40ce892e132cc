import { decodeUtf8, isTwinError, parseObject } from '@muster/twin';

/** Returns the version that a message on `$twin/get` names, or undefined: the whole document is requested. */
export function requestedVersion(payload: Uint8Array): unknown {
  try {
    return parseObject(decodeUtf8(payload)).version;
  } catch (error) {
    if (isTwinError(error)) return undefined;
    throw error;
  }
}
