import { NetworkError } from './network-error.js';

/** Yields the text of a body as it arrives, even if chunks split characters. Leaving the loop closes the connection. */
export async function* decodeText(request: string, response: Response): AsyncGenerator<string, void, undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await read(request, reader);
      if (done) break;
      yield decoder.decode(value, { stream: true });
    }
    yield decoder.decode();
  } finally {
    // Cancelling a broken connection fails, which is harmless.
    await reader.cancel().catch(() => {});
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function read(request: string, reader: Reader): ReturnType<Reader['read']> {
  try {
    return await reader.read();
  } catch (error) {
    throw new NetworkError(request, error);
  }
}
