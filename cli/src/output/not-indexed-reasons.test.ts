import type { ConfigurationView } from '@muster/api';
import { expect, test } from 'vitest';
import { NotIndexedReasons } from './not-indexed-reasons.js';

type Indexing = Pick<ConfigurationView, 'indexable'> & { readonly notIndexableBecause?: string };

async function linesOf(indexings: readonly Indexing[]): Promise<string[]> {
  const notIndexed = new NotIndexedReasons();
  const views = indexings.map((indexing, n) => ({ id: `c${n + 1}`, ...indexing }) as ConfigurationView);
  const all = async function* () {
    yield* views;
  };
  const passed: ConfigurationView[] = [];
  for await (const view of notIndexed.collect(all())) passed.push(view);
  expect(passed).toEqual(views);
  return notIndexed.lines();
}

const no = (notIndexableBecause: string) => ({ indexable: false, notIndexableBecause });

test('indexed configurations have no lines', async () => {
  expect(await linesOf([{ indexable: true }])).toEqual([]);
});

test('each reason has one line, after the first ids it applies to', async () => {
  const many = Array.from({ length: 7 }, () => no('it is TRUE of every device'));
  expect(await linesOf([no('it asks\nfor nothing'), { indexable: true }, ...many])).toEqual([
    'not indexed: c1',
    expect.stringMatching(/^ {2}it asks\S+for nothing$/),
    'not indexed: c3, c4, c5, c6, c7 and 2 more',
    '  it is TRUE of every device',
  ]);
});
