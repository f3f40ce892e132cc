/**
 * Works on many items at a time and yields the results in the order of the items, each as soon as it and all
 * before it are there. At most `underWayMax` are begun and not yet taken, so a slow taker slows the source.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  start: (item: Item) => Promise<Result>,
  underWayMax: number,
): AsyncGenerator<Result> {
  const source = items[Symbol.asyncIterator]();
  const underWay: Promise<Result>[] = [];
  let next = pull(source);
  try {
    for (;;) {
      const [first] = underWay;
      const isItemDue = underWay.length < underWayMax && (!first || (await isSooner(next, first)));
      if (isItemDue) {
        const { done, value } = await next;
        if (done) break;
        underWay.push(watched(start(value)));
        next = pull(source);
      } else if (first) {
        yield await first;
        underWay.shift();
      }
    }
    for (const result of underWay) yield await result;
  } finally {
    // Not awaited: a source that waits for more to come would hold up the failure that ends all this.
    watched(Promise.resolve(source.return?.()));
  }
}

function pull<Item>(source: AsyncIterator<Item>): Promise<IteratorResult<Item>> {
  return watched(source.next());
}

/** A failure is thrown where the promise is awaited; until then it must not count as unhandled. */
function watched<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

function isSooner(left: Promise<unknown>, right: Promise<unknown>): Promise<boolean> {
  return Promise.race([left.then(() => true), right.then(() => false)]);
}
