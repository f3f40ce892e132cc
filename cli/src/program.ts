import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { defineApply } from './commands/apply.js';
import { defineDelete } from './commands/delete.js';
import { defineDiff } from './commands/diff.js';
import { defineExplain } from './commands/explain.js';
import { defineGet } from './commands/get.js';
import { defineImport } from './commands/import.js';
import { definePatch } from './commands/patch.js';
import { definePreview } from './commands/preview.js';
import { defineRegister } from './commands/register.js';
import { defineRollout } from './commands/rollout.js';
import { defineSimulate } from './commands/simulate.js';
import { defineStatus } from './commands/status.js';
import { defineUp } from './commands/up.js';
import { defineWatch } from './commands/watch.js';
import { defineGlobalOptions } from './options/global-options.js';
import type { Start } from './session/command.js';
import { Session } from './session/session.js';
import type { Terminal } from './session/terminal.js';

/** The result of a run. */
export interface ProgramResult {
  exitCode: number;
  /** Writes of help and usage errors that are in flight. */
  readonly writes: Promise<void>[];
}

const COMMANDS = [
  defineUp,
  defineApply,
  defineDiff,
  definePreview,
  defineGet,
  defineExplain,
  defineStatus,
  defineRollout,
  defineWatch,
  defineRegister,
  defineImport,
  definePatch,
  defineDelete,
  defineSimulate,
];

const AFTER_HELP = `
Examples:
  muster up                                       run the server on this machine
  muster simulate 200 --duration 1m               join 200 simulated devices
  muster apply -f configurations/ --dry-run       what would change, on how many devices
  muster get devices --where "device.tags.region = 'eu'"
  muster status limit-speed --watch               its progress, phase by phase in a rollout
  muster explain model-v3.1-0001                  why a device has the desired document it has

Exit codes: 0 ok, 1 failure, 2 usage, 3 not found, 4 not allowed, 5 conflict, 6 rollout failed,
124 timeout, 130 interrupted.`;

export function createProgram(terminal: Terminal, result: ProgramResult): Command {
  const program = new Command('muster')
    .description('Keep a fleet of devices in the state you ask for')
    .version(packageVersion())
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void result.writes.push(terminal.stdout.write(text)),
      writeErr: (text) => void result.writes.push(terminal.stderr.write(text)),
      getOutHelpWidth: () => terminal.stdout.columns,
      getErrHelpWidth: () => terminal.stderr.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: (text, write) => write(text.replace(/^error: /, 'muster: ')),
    })
    .showHelpAfterError('(add --help for the options and examples)')
    .addHelpText('after', AFTER_HELP);
  defineGlobalOptions(program);
  for (const define of COMMANDS) define(program, actionIn(terminal, result));
  return program;
}

function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}

/** Runs the work in a session. Commander passes the arguments, the options and, last, the command itself. */
function actionIn(terminal: Terminal, result: ProgramResult): Start {
  return <Args extends unknown[]>(work: (session: Session, ...args: Args) => Promise<number>) =>
    async (...all: [...Args, Command]) => {
      const session = new Session(terminal, (all.at(-1) as Command).optsWithGlobals());
      try {
        result.exitCode = await work(session, ...(all.slice(0, -1) as Args));
      } finally {
        session.close();
      }
    };
}
