import type { ConfigurationView } from '@muster/api';
import { expect, test } from 'vitest';
import { NotIndexed } from './not-indexed.js';

type Indexing = Pick<ConfigurationView, 'indexable'> & { readonly notIndexableBecause?: string };

async function linesOf(indexings: readonly Indexing[]): Promise<string[]> {
  const notIndexed = new NotIndexed();
  const views = indexings.map((indexing, n) => ({ id: `c${n + 1}`, ...indexing }) as ConfigurationView);
  const all = async function* () {
    yield* views;
  };
  const passed: ConfigurationView[] = [];
  for await (const view of notIndexed.passing(all())) passed.push(view);
  expect(passed).toEqual(views);
  return notIndexed.lines();
}

const no = (notIndexableBecause: string) => ({ indexable: false, notIndexableBecause });

test('of those that are indexed nothing is said', async () => {
  expect(await linesOf([{ indexable: true }])).toEqual([]);
});

test('each reason is said once, with the first of those whom it concerns', async () => {
  const many = Array.from({ length: 7 }, () => no('it is TRUE of every device'));
  expect(await linesOf([no('it asks\nfor nothing'), { indexable: true }, ...many])).toEqual([
    'not indexed: c1',
    expect.stringMatching(/^ {2}it asks\S+for nothing$/),
    'not indexed: c3, c4, c5, c6, c7 and 2 more',
    '  it is TRUE of every device',
  ]);
});
