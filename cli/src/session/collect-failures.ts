import { NetworkError } from '@muster/client';
import { TwinError } from '@muster/twin';
import { Cancelled } from '../failure/cancelled.js';
import { Failure } from '../failure/failure.js';
import type { Session } from './session.js';

/**
 * Runs `work` for each item and returns the failures, printing each at once. Throws failures that affect every item:
 * no server, no permission, timeout.
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
      if (!affectsOneItem(error)) throw error;
      await session.printError(error);
      failures.push(error);
    }
  }
  return failures;
}

function affectsOneItem(error: unknown): boolean {
  if (error instanceof Failure) return affectsOneItem(error.cause);
  if (error instanceof Cancelled) return true;
  if (error instanceof NetworkError || !(error instanceof TwinError)) return false;
  return !['unauthorized', 'forbidden', 'unavailable'].includes(error.code);
}
