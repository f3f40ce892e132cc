/** Runs `work` for each item, at most `limit` at a time; starts no more once the signal aborts. */
export async function runConcurrently<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<unknown>,
  signal?: AbortSignal,
): Promise<void> {
  // The workers share one iterator.
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      if (signal?.aborted) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
