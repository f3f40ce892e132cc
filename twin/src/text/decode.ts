import { TwinError } from '../protocol/error.js';

// The only API of the web platform in this package: the language itself has no UTF-8 decoder.
declare class TextDecoder {
  constructor(label: 'utf-8', options: { fatal: boolean; ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes strict UTF-8: refuses surrogates, overlong forms and broken sequences; keeps a byte order mark. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new TwinError('malformed', 'the payload is not valid UTF-8', {}, { cause });
  }
}
