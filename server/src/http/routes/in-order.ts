/**
 * Processes many items at a time and yields the results in the order of the items. At most `inFlightMax` items are started
 * and not yet consumed, so a slow consumer slows the source.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  start: (item: Item) => Promise<Result>,
  inFlightMax: number,
): AsyncGenerator<Result> {
  const source = items[Symbol.asyncIterator]();
  const inFlight: Promise<Result>[] = [];
  let next = pull(source);
  try {
    for (;;) {
      const [first] = inFlight;
      const isItemDue = inFlight.length < inFlightMax && (!first || (await isSooner(next, first)));
      if (isItemDue) {
        const { done, value } = await next;
        if (done) break;
        inFlight.push(watched(start(value)));
        next = pull(source);
      } else if (first) {
        yield await first;
        inFlight.shift();
      }
    }
    for (const result of inFlight) yield await result;
  } finally {
    // Not awaited: a source waiting for input would delay the error.
    watched(Promise.resolve(source.return?.()));
  }
}

function pull<Item>(source: AsyncIterator<Item>): Promise<IteratorResult<Item>> {
  return watched(source.next());
}

/** The failure is thrown where the promise is awaited; until then it must not count as unhandled. */
function watched<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

function isSooner(left: Promise<unknown>, right: Promise<unknown>): Promise<boolean> {
  return Promise.race([left.then(() => true), right.then(() => false)]);
}
