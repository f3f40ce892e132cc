/** Runs `work` for all items, at most `atOnce` at a time, started in order. */
export async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const lanes = Array.from({ length: atOnce }, async () => {
    for (const [index, item] of queue) await work(item, index);
  });
  await Promise.all(lanes);
}
