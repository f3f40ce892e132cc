import { TwinError } from '../protocol/error.js';

// The one thing of the web platform that is needed: the language has no UTF-8 decoder of its own.
declare class TextDecoder {
  constructor(label: 'utf-8', options: { fatal: boolean; ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strict UTF-8: surrogates, overlong forms and broken sequences are refused, a byte order mark stays in place. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new TwinError('malformed', 'the payload is not valid UTF-8', {}, { cause });
  }
}
