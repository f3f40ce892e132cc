import { TwinError } from '@muster/twin';
import type { Http } from '../transport/http.js';
import type { ReadOptions } from './write-options.js';

export interface Health {
  /** The process runs (`/livez`). */
  readonly isLive: boolean;
  /** It serves: its store is open, its listeners are (`/readyz`). */
  readonly isReady: boolean;
}

/** Asked once, without patience; a server that cannot be reached at all is a NetworkError. */
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
