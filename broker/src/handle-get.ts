import { decodeUtf8, isTwinError, parseObject } from '@muster/twin';

/** The version that a message of `$twin/get` names; whatever cannot be read asks for the whole document. */
export function requestedVersion(payload: Uint8Array): unknown {
  try {
    return parseObject(decodeUtf8(payload)).version;
  } catch (error) {
    if (isTwinError(error)) return undefined;
    throw error;
  }
}
