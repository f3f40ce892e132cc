import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { TwinError } from '@muster/twin';
import type { Command } from 'commander';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';

const EXAMPLES = `
All arguments after "up" are passed to the server; "muster up -- --help" lists its settings.

Examples:
  muster up
  muster up --http-port 9090 --mqtt-port 0 --data-dir /tmp/muster`;

/** The options of `npm start`: docs/decisions/0015. */
const HEAP_OPTIONS = ['--max-semi-space-size=32', '--no-allocation-site-pretenuring'];

export function defineUp(program: Command, start: Start): void {
  program
    .command('up')
    .argument('[settings...]', 'settings of the server')
    .summary('run the server')
    .description('Run the server until Ctrl-C: broker, reconciler, HTTP API')
    .allowUnknownOption()
    .addHelpText('after', EXAMPLES)
    .action(start((session: Session, settings: string[], _: object) => up(session, settings)));
}

/** Resolves with the exit code of the server. */
async function up({ signal, terminal }: Session, settings: readonly string[]): Promise<number> {
  const server = spawn(process.execPath, [...HEAP_OPTIONS, serverProgram(), ...settings], {
    cwd: terminal.workingDirectory,
    stdio: 'inherit',
  });
  // Ctrl-C reaches the server too. A signal to this process alone is passed on to it.
  const stop = (): void => void server.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code, name) => resolve(code ?? 128 + constants.signals[name ?? 'SIGTERM']));
  });
}

/** The server is a package of its own: in a checkout, or installed beside the command line. */
function serverProgram(): string {
  try {
    return fileURLToPath(import.meta.resolve('@muster/server/main'));
  } catch (cause) {
    throw new TwinError('not-found', 'no server beside this command line: install @muster/server too', {}, { cause });
  }
}
