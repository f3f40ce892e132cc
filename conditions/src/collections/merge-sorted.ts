/** Merges a few sorted lists. */
export function* mergeSorted<Item>(
  lists: readonly (readonly Item[])[],
  compare: (left: Item, right: Item) => number,
): Generator<Item, void, undefined> {
  const rests = lists.filter((list) => list.length > 0).map((list) => ({ list, at: 0 }));
  while (rests.length > 0) {
    const first = rests.reduce((least, rest) => (compare(headOf(rest), headOf(least)) < 0 ? rest : least));
    yield headOf(first);
    first.at += 1;
    if (first.at === first.list.length) rests.splice(rests.indexOf(first), 1);
  }
}

interface Rest<Item> {
  readonly list: readonly Item[];
  at: number;
}

function headOf<Item>({ list, at }: Rest<Item>): Item {
  return list[at] as Item;
}
