import type { Committed } from './store.js';

/** Resolves with the result of an update once it is on disk. */
export function onceDurable<Result>({ result, durable }: Committed<Result>): Promise<Result> {
  return durable.then(() => result);
}
