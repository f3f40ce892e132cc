/** Returns the length of a text in UTF-8. A lone surrogate counts three bytes, like its replacement U+FFFD. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    bytes += code < 0x800 || isPairedSurrogate(text, index) ? 1 : 2;
  }
  return bytes;
}

/** Whether a text has more bytes in UTF-8. Most texts are too short to need counting. */
export function exceedsUtf8(text: string, bytesMax: number): boolean {
  if (text.length > bytesMax) return true;
  return text.length * 3 > bytesMax && utf8Bytes(text) > bytesMax;
}

/** Returns the longest beginning of a text that fits, in whole characters. */
export function truncateUtf8(text: string, bytesMax: number): string {
  if (!exceedsUtf8(text, bytesMax)) return text;
  let [end, bytes] = [0, 0];
  for (const character of text) {
    bytes += utf8Bytes(character);
    if (bytes > bytesMax) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Each half of a pair counts two of the four bytes. */
function isPairedSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code >= 0xd800 && code < 0xdc00) return isBetween(text.charCodeAt(index + 1), 0xdc00, 0xdfff);
  return isBetween(code, 0xdc00, 0xdfff) && isBetween(text.charCodeAt(index - 1), 0xd800, 0xdbff);
}

function isBetween(code: number, low: number, high: number): boolean {
  return code >= low && code <= high;
}
