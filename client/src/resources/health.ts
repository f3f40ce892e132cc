import { TwinError } from '@muster/twin';
import type { Http } from '../transport/http.js';
import type { ReadOptions } from './write-options.js';

export interface Health {
  /** Whether the process runs (`/livez`). */
  readonly isLive: boolean;
  /** Whether the server serves requests: its store and listeners are open (`/readyz`). */
  readonly isReady: boolean;
}

/** Makes one attempt; rejects with a NetworkError if the server cannot be reached. */
export async function health(http: Http, { signal }: ReadOptions): Promise<Health> {
  const [isLive, isReady] = await Promise.all([isGood(http, '/livez', signal), isGood(http, '/readyz', signal)]);
  return { isLive, isReady };
}

async function isGood(http: Http, path: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await (await http.open({ method: 'GET', path, signal })).body?.cancel();
    return true;
  } catch (error) {
    if (error instanceof TwinError && error.code === 'unavailable') return false;
    throw error;
  }
}
