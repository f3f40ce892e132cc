import type { Command } from 'commander';
import { collectFiles } from '../arguments.js';
import type { Start } from '../command.js';
import { readConfigurations } from '../configuration-file.js';
import { eachInTurn } from '../each-in-turn.js';
import { exitCodeOfAll } from '../exit-code.js';
import { about } from '../failure.js';
import { visibleText } from '../output/visible-text.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage-error.js';

type Kind = 'device' | 'configuration';

interface DeleteOptions {
  readonly file?: readonly string[];
}

const EXAMPLES = `
What a configuration set falls to the next rank, or is taken back. A device that is deleted is disconnected.

Examples:
  muster delete configuration limit-speed
  muster delete device pump-1 pump-2
  muster delete -f configurations/        the configurations that the files name`;

export function defineDelete(program: Command, start: Start): void {
  const command = program
    .command('delete')
    .summary('delete devices and configurations')
    .description('Delete devices or configurations')
    .option('-f, --file <file>', 'delete the configurations that a file or folder names; - for stdin', collectFiles)
    .addHelpText('after', EXAMPLES)
    .action(start(deleteFiled));
  for (const kind of ['device', 'configuration'] as const) {
    command
      .command(kind)
      .argument('<ids...>')
      .description(`Delete ${kind}s`)
      .action(start((session: Session, ids: string[], _: object) => deleteAll(session, kind, ids)));
  }
}

async function deleteFiled(session: Session, { file }: DeleteOptions): Promise<number> {
  if (file === undefined) throw new UsageError('say what to delete: device ID, configuration ID, or -f FILE');
  const configurations = await readConfigurations(file, session.terminal);
  return deleteAll(
    session,
    'configuration',
    configurations.map(({ id }) => id),
  );
}

async function deleteAll(session: Session, kind: Kind, ids: readonly string[]): Promise<number> {
  const { client, signal } = session;
  const resource = kind === 'device' ? client.devices : client.configurations;
  const failures = await eachInTurn(session, ids, async (id) => {
    await about({ subject: `${kind} ${id}` }, () => resource.remove(id, { signal }));
    if (!session.isQuiet) await session.print(`${kind} ${visibleText(id)} deleted`);
  });
  return exitCodeOfAll(failures);
}
