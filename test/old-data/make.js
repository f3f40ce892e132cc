// Makes a data folder with everything that is stored, in every shape, by driving the server of a checkout, and an
// archive of the folder and of all that the server answered: node test/old-data/make.js CHECKOUT ARCHIVE
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { readAnswers } from './answers.js';
import { makeConfigurations } from './configurations.js';
import { makeDevices, register } from './devices.js';
import { makeMessages } from './messages.js';
import { must } from './old-connection.js';
import { OldServer } from './old-server.js';
import { makeRollouts } from './rollouts.js';

const TOKEN = 'the-token-of-the-old-data';
/** They belong to a process that runs, or are of no use to another. */
const LEFT_OUT = ['lock.sock', 'server.json', 'lock.mdb', 'LOCK', 'LOG', 'LOG.old'];

const [checkout, archive] = process.argv.slice(2).map((path) => resolve(path));
if (archive === undefined) throw new Error('usage: node test/old-data/make.js CHECKOUT ARCHIVE');
const commit = execFileSync('git', ['-C', checkout, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
const folder = mkdtempSync(join(tmpdir(), 'muster-old-data-'));
try {
  await make();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// Connections to the killed server may still wait for something.
process.exit(0);

async function make() {
  const data = join(folder, 'made');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, 'admin.token'), `${TOKEN}\n`, { mode: 0o600 });
  const server = await OldServer.start(checkout, data, TOKEN);
  tell(`the server of ${commit} runs on ${data}`);
  const answers = await fill(server);
  await server.kill();
  tell(counted(answers));
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  cpSync(data, join(folder, 'data'), { recursive: true, filter: (path) => !LEFT_OUT.includes(basename(path)) });
  writeFileSync(join(folder, 'answers.json'), `${JSON.stringify({ commit, ...answers }, undefined, 1)}\n`);
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name'];
  execFileSync('tar', ['-C', folder, ...owner, '-I', 'gzip -9', '-cf', archive, 'answers.json', 'data']);
  tell(`${archive} has ${Math.ceil(statSync(archive).size / 1024)} KiB`);
}

async function fill(server) {
  try {
    await makeDevices(server);
    tell('devices are registered, have reported, acknowledged and were deleted');
    await makeConfigurations(server);
    tell('configurations are layers, go over a limit and quarrel');
    await makeMessages(server);
    tell('sessions have messages queued, some are retained');
    const finish = await makeRollouts(server);
    tell('rollouts are in every state');
    await register(server, 'registered-last');
    const { resting } = await finish();
    const answers = await readAnswers(server);
    must(answers.devices[resting].value.desired.running === 1, 'the device does not rest any more: try again');
    return { resting, ...answers };
  } catch (error) {
    await server.kill();
    throw error;
  }
}

function counted({ devices, configurations, changes }) {
  const [deviceCount, configurationCount] = [devices, configurations].map((all) => Object.keys(all).length);
  return `${deviceCount} devices, ${configurationCount} configurations, ${changes.length} changes`;
}

function tell(text) {
  process.stdout.write(`${text}\n`);
}
