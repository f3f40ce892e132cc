import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from './support/program.js';
import { ROOT } from './support/root.js';
import { Scope } from './support/scope.js';
import { Server } from './support/server.js';
import { readWalk } from './support/walk.js';

const DEFAULT_PORTS = { mqtt: 1883, http: 8080 };
const MARK = '=== step';
/** On a busy machine each npx command takes seconds. */
const WALK_MAX_MS = 300_000;

const scope = Scope.ofTest();

/** The text uses the default ports. If they are taken, other ports replace them. */
async function startServer(): Promise<Server> {
  const options = { dataDirectory: scope.temporaryFolder(), ports: DEFAULT_PORTS };
  return Server.start(scope, options).catch(() => Server.start(scope));
}

function withPorts(commands: string, { mqtt, http }: Server['ports']): string {
  return commands
    .replaceAll(String(DEFAULT_PORTS.mqtt), String(mqtt))
    .replaceAll(String(DEFAULT_PORTS.http), String(http));
}

/** The default ports of the programs. */
function preludeOf({ mqtt }: Server['ports']): string {
  const programs = ['mosquitto_sub', 'mosquitto_pub'];
  const functions = programs.map((name) => `${name}() { command ${name} -p ${mqtt} "$@"; }\n`);
  return `set -e -o pipefail\nexec 2>&1\n${mqtt === DEFAULT_PORTS.mqtt ? '' : functions.join('')}`;
}

test(
  'the tour of the README works as written',
  async () => {
    const steps = readWalk(readFileSync(join(ROOT, 'README.md'), 'utf8'));
    expect(steps.length).toBeGreaterThan(3);
    const server = await startServer();
    const body = steps.map(({ commands }, n) => `echo '${MARK} ${n}'\n${withPorts(commands, server.ports)}`);
    const script = `${preludeOf(server.ports)}${body.join('')}`;
    const environment = { MUSTER_DATA_DIR: server.dataDirectory };
    const { code, stdout } = await run(scope, 'bash', ['-c', script], { environment, ownGroup: true });
    expect(code, `${script}\n\nprinted:\n${stdout}`).toBe(0);
    const outputs = stdout.split(new RegExp(`^${MARK} \\d+\n`, 'm')).slice(1);
    for (const [n, { commands, expected }] of steps.entries()) {
      for (const text of expected) expect(outputs[n], commands).toContain(text);
    }
  },
  WALK_MAX_MS,
);
