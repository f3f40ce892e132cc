import { NetworkError } from '@muster/client';
import { TwinError } from '@muster/twin';
import { Cancelled } from '../failure/cancelled.js';
import { Failure } from '../failure/failure.js';
import type { Session } from './session.js';

/**
 * Does the work for every item and answers the failures, each told as it comes. What would fail for all the others
 * too (no server, no right, no time left) is thrown.
 */
export async function collectFailures<Item>(
  session: Session,
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      session.signal.throwIfAborted();
      await work(item);
    } catch (error) {
      if (!isOfOneItem(error)) throw error;
      await session.printError(error);
      failures.push(error);
    }
  }
  return failures;
}

function isOfOneItem(error: unknown): boolean {
  if (error instanceof Failure) return isOfOneItem(error.cause);
  if (error instanceof Cancelled) return true;
  if (error instanceof NetworkError || !(error instanceof TwinError)) return false;
  return !['unauthorized', 'forbidden', 'unavailable'].includes(error.code);
}
