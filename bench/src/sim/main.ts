/** `npm run sim -- --seed N --steps M`, `--seeds A..B`, `--mutate NAME`; `--soak` runs until it is stopped. */
import { parseArguments, type SimulationArguments } from './arguments.js';
import { Figures } from './figures.js';
import { optionsOf } from './kernel/options.js';
import { MUTATIONS } from './mutations/mutations.js';
import { featuresText, shrink } from './shrink.js';
import { type SimulationResult, simulate } from './simulate.js';

const REPORT_EVERY = 500;
const HISTORY_LINES = 200;

process.exitCode = await main(parseArguments(process.argv.slice(2)));

async function main(words: SimulationArguments): Promise<number> {
  const figures = new Figures();
  const { first, last } = words.seeds;
  const end = words.isSoak ? Number.MAX_SAFE_INTEGER : last;
  let failures = 0;
  // Stack traces take a fifth of the time: only a run of a single seed has them.
  if (first !== end) Error.stackTraceLimit = 0;
  for (let seed = first; seed <= end; seed += 1) {
    const result = await run(seed, words);
    figures.add(result);
    if (result.failure) {
      failures += 1;
      await printFailure(result, words);
    } else if (first === end) printSummary(result, words);
    if ((seed - first + 1) % REPORT_EVERY === 0) console.log(`seed ${seed}: ${figures.lines()[0]}, ${failures} failed`);
  }
  console.log([...figures.lines(), `${failures} seeds failed`].join('\n'));
  return failures === 0 ? 0 : 1;
}

function run(seed: number, { steps, mutate, only }: SimulationArguments): Promise<SimulationResult> {
  const mutation = mutate === undefined ? {} : { mutation: MUTATIONS[mutate] ?? {} };
  return simulate({ options: optionsOf(seed, steps), ...mutation, ...(only ? { only } : {}) });
}

function printSummary({ options, hash, history }: SimulationResult, { steps, isVerbose }: SimulationArguments): void {
  console.log(`seed ${options.seed} with ${steps} steps: trace ${hash}`);
  console.log(featuresText(options.seed, steps));
  if (isVerbose) console.log(history.join('\n'));
}

async function printFailure(failed: SimulationResult, { steps, mutate }: SimulationArguments): Promise<void> {
  const { seed } = failed.options;
  const best = await shrink(failed, mutate === undefined ? undefined : MUTATIONS[mutate]);
  console.log(`\nSEED ${seed} FAILED, trace ${failed.hash}: ${failed.failure?.checker}\n  ${failed.failure?.text}`);
  console.log(featuresText(seed, steps));
  const sabotage = mutate === undefined ? '' : ` --mutate ${mutate}`;
  console.log(`reproduce: npm run sim -- --seed ${seed} --steps ${steps}${sabotage}`);
  console.log(`${best.performed.length} of ${failed.performed.length} steps are enough:`);
  console.log(`  npm run sim -- --seed ${seed} --steps ${steps}${sabotage} --only ${best.performed.join(',')}`);
  console.log(best.history.slice(-HISTORY_LINES).join('\n'));
}
