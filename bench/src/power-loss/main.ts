/**
 * `npm run power-loss -- IMAGES [SEED] [BREAKAGE]`: records what the embedded store writes and syncs under load. It then
 * rebuilds the disk as power losses would leave it and opens it: everything acknowledged must be there.
 * Runs at least IMAGES images, in rounds of one recording each. A breakage (`skipped-syncs`, `lying-disk`) must be detected.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wholeNumber } from '../load/whole-number.js';
import { BREAKAGES, crashRound, type RoundResult } from './crash-round.js';
import { SURVIVAL_KINDS } from './survival.js';

const IMAGES_PER_BURST = 6;
const BURSTS_MIN = 8;
const BURSTS_MAX = 200;

const [, , imagesText, seedText, breakageText] = process.argv;
const imagesMin = wholeNumber(imagesText, 1_000);
const seed = wholeNumber(seedText, Date.now() % 1_000_000);
const breakage = BREAKAGES.find((one) => one === breakageText);
if (breakage !== breakageText) throw new Error(`write one of ${BREAKAGES.join(', ')}, not ${breakageText}`);
const bursts = Math.min(BURSTS_MAX, Math.max(BURSTS_MIN, Math.ceil(imagesMin / IMAGES_PER_BURST)));
const folder = mkdtempSync(join(tmpdir(), 'muster-power-'));
console.log(`at least ${imagesMin} images, seed ${seed}`);

const rounds: RoundResult[] = [];
while (imagesIn(rounds) < imagesMin && faultsIn(rounds).length === 0) {
  const ownFolder = join(folder, String(rounds.length));
  mkdirSync(ownFolder);
  const round = await crashRound({ folder: ownFolder, seed: seed + rounds.length, bursts, breakage });
  rounds.push(round);
  console.log(told([round]));
  if (round.faults.length === 0) rmSync(ownFolder, { recursive: true });
}
for (const fault of faultsIn(rounds)) console.error(fault);
const isSound = faultsIn(rounds).length === 0;
if (isSound) rmSync(folder, { recursive: true });
console.log(`${rounds.length} rounds: ${told(rounds)}; seed ${seed}`);
console.log(
  isSound
    ? 'every image opened, nothing acknowledged was missing'
    : `FAILED; the images are left where it says; repeat with: npm run power-loss -- ${process.argv.slice(2).join(' ')}`,
);
process.exit(isSound ? 0 : 1);

function faultsIn(all: readonly RoundResult[]): string[] {
  return all.flatMap(({ faults }) => faults);
}

function imagesIn(all: readonly RoundResult[]): number {
  return sum(all.flatMap(({ images }) => Object.values(images)));
}

function told(all: readonly RoundResult[]): string {
  const kinds = SURVIVAL_KINDS.map((kind) => `${kind} ${sum(all.map(({ images }) => images[kind]))}`).join(', ');
  const boundaries = sum(all.map((round) => round.boundaries));
  const writes = `${sum(all.map((round) => round.writes))} writes acknowledged, looked for ${sum(all.map((round) => round.writesChecked))} times`;
  return `${boundaries} sync boundaries, ${imagesIn(all)} images (unsynced kept: ${kinds}), ${writes}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
