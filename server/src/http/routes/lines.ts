/** A line without its line break, or a mark for a line that is too long. */
export type Line = { readonly kind: 'line'; readonly bytes: Buffer } | { readonly kind: 'too-long' };

const NEWLINE = 0x0a;

/** Splits a stream into lines. A line over the limit is discarded, and reading continues after it. */
export async function* readLines(chunks: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<Line> {
  let rest: Buffer[] = [];
  let bytes = 0;
  const finish = (): Line => {
    const line: Line = bytes > bytesMax ? { kind: 'too-long' } : { kind: 'line', bytes: Buffer.concat(rest) };
    [rest, bytes] = [[], 0];
    return line;
  };
  const keep = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > bytesMax) rest = [];
    else if (part.length > 0) rest.push(part);
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      keep(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    keep(chunk.subarray(start));
  }
  if (bytes > 0) yield finish();
}
