import { expect, test } from 'vitest';
import { Figures } from './figures.js';
import { optionsOf } from './kernel/options.js';
import { type SimulationResult, simulate } from './simulate.js';

const SEEDS = 160;
const STEPS = 100;

/** Returns the text of a failure, with what is needed to repeat it. */
function complaint({ options, failure }: SimulationResult): string {
  return `npm run sim -- --seed ${options.seed} --steps ${options.steps}\n${failure?.checker}: ${failure?.text}`;
}

test('every invariant holds in a fixed batch of seeds', async () => {
  const figures = new Figures();
  const complaints: string[] = [];
  let [deliveries, faults] = [0, 0];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const result = await simulate({ options: optionsOf(seed, STEPS) });
    figures.add(result);
    deliveries += result.deliveries;
    faults += [...result.faults.values()].reduce((sum, count) => sum + count, 0);
    if (result.failure) complaints.push(complaint(result));
  }
  process.stdout.write(`${figures.lines().join('\n')}\n`);
  expect(complaints).toEqual([]);
  // A world without events has no violations either.
  expect([deliveries > 10 * SEEDS, faults > 20 * SEEDS]).toEqual([true, true]);
}, 120_000);

test('a seed repeats its run exactly, and different seeds give different runs', async () => {
  const hashes: string[] = [];
  for (let seed = 1_000; seed < 1_010; seed += 1) {
    const [first, second] = [
      await simulate({ options: optionsOf(seed, 60) }),
      await simulate({ options: optionsOf(seed, 60) }),
    ];
    expect(second.hash).toBe(first.hash);
    expect(second.history).toEqual(first.history);
    hashes.push(first.hash);
  }
  expect(new Set(hashes).size).toBe(hashes.length);
}, 60_000);

test.each([3, 44])(
  'the server recovers after a crash at any write of a short run (seed %i)',
  async (seed) => {
    const options = optionsOf(seed, 15, ['crashes', 'crash-after-write', 'broken-disk', 'failing-store']);
    const { commits } = await simulate({ options });
    expect(commits).toBeGreaterThan(20);
    for (let write = 1; write <= commits; write += 1) {
      const { failure } = await simulate({ options, crashWithWrite: write });
      expect(failure, `write ${write} of seed ${seed}`).toBeUndefined();
    }
  },
  60_000,
);
