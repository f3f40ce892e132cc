/**
 * `npm run kill-loop -- ROUNDS [SEED]`: kills the server with SIGKILL at random moments under load and starts it again
 * on the same data. Checks that nothing acknowledged is lost and that no version decreases.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MusterProcess } from '../load/muster-process.js';
import { pause } from '../load/pause.js';
import { seededRandom } from '../load/seeded-random.js';
import { wholeNumber } from '../load/whole-number.js';
import { Ledger } from './ledger.js';
import { Workload } from './workload.js';

const rounds = wholeNumber(process.argv[2], 100);
const seed = wholeNumber(process.argv[3], Date.now() % 1_000_000);
const random = seededRandom(seed);
const dataDir = mkdtempSync(join(tmpdir(), 'muster-kill-'));
const ledger = new Ledger();
console.log(`${rounds} rounds, seed ${seed}`);

let faults: string[] = [];
for (let round = 1; round <= rounds && faults.length === 0; round += 1) {
  const server = await MusterProcess.start({ dataDir });
  faults = await ledger.check(server.client);
  if (round === 1) await ledger.register(server);
  const workload = await Workload.start(server, ledger, random);
  await pause(20 + random() * 600);
  workload.stop();
  await server.kill();
  await workload.ended();
}
if (faults.length === 0) {
  const server = await MusterProcess.start({ dataDir });
  faults = await ledger.check(server.client);
  await server.stop();
}
rmSync(dataDir, { recursive: true, force: true });
for (const fault of faults) console.error(fault);
console.log(`${ledger.summary()}; seed ${seed}`);
console.log(
  faults.length === 0
    ? 'nothing acknowledged was lost, no version went back'
    : `FAILED, repeat with: npm run kill-loop -- ${rounds} ${seed}`,
);
process.exit(faults.length === 0 ? 0 : 1);
