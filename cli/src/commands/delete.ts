import type { Command } from 'commander';
import { inputOf, readConfigurations } from '../configurations/configuration-file.js';
import {
  addConfirmationOptions,
  type Confirmation,
  type ConfirmationOptions,
  confirmationOf,
  writeConfirmed,
} from '../configurations/confirmation.js';
import { exitCodeOfAll } from '../failure/exit-code.js';
import { withContext } from '../failure/failure.js';
import { UsageError } from '../failure/usage-error.js';
import { collectFiles } from '../options/arguments.js';
import { collectFailures } from '../session/collect-failures.js';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';
import { visibleText } from '../text/visible-text.js';

type Kind = 'device' | 'configuration';

interface DeleteOptions extends ConfirmationOptions {
  readonly file?: readonly string[];
}

const EXAMPLES = `
The paths of a deleted configuration fall to the next rank or are removed. On a terminal it shows the effect and asks,
once for each configuration that changes any device. It deletes and disconnects devices without asking.

Examples:
  muster delete configuration limit-speed
  muster delete configuration limit-speed --max-changed 100
  muster delete device pump-1 pump-2
  muster delete -f configurations/        all configurations in the files`;

export function defineDelete(program: Command, start: Start): void {
  const command = program
    .command('delete')
    .summary('delete devices and configurations')
    .description('Delete devices or configurations')
    .option('-f, --file <file>', 'delete the configurations in a file or folder; - for stdin', collectFiles)
    .addHelpText('after', EXAMPLES)
    .action(start(deleteFromFiles));
  // The options belong to `delete`, so that they work before and after the subcommand.
  addConfirmationOptions(command);
  command
    .command('device')
    .argument('<ids...>')
    .description('Delete devices')
    .action(start((session: Session, ids: string[], _: object) => deleteDevices(session, ids)));
  command
    .command('configuration')
    .argument('<ids...>')
    .description('Delete configurations')
    .action(
      start((session: Session, ids: string[], _: object) =>
        deleteConfigurations(session, ids, confirmationOf(session, command.opts<DeleteOptions>())),
      ),
    );
}

async function deleteFromFiles(session: Session, options: DeleteOptions): Promise<number> {
  const { file } = options;
  if (file === undefined) throw new UsageError('nothing to delete: give device ID, configuration ID, or -f FILE');
  const configurations = await readConfigurations(file, session.terminal);
  const ids = configurations.map(({ id }) => id);
  return deleteConfigurations(session, ids, confirmationOf(session, options, file));
}

async function deleteDevices(session: Session, ids: readonly string[]): Promise<number> {
  const { client, signal } = session;
  return deleteAll(session, 'device', ids, (id) => client.devices.remove(id, { signal }));
}

async function deleteConfigurations(
  session: Session,
  ids: readonly string[],
  confirmation: Confirmation,
): Promise<number> {
  const { signal } = session;
  const { configurations } = session.client;
  return deleteAll(session, 'configuration', ids, (id) =>
    writeConfirmed(session, confirmation, {
      ...{ id, change: 'deleted', verb: ['Delete it', 'deleted'] },
      // Deleting affects devices like disabling, so preview that.
      preview: async () => {
        const stored = inputOf(await configurations.get(id, { signal }));
        return configurations.preview({ ...stored, id, enabled: false }, { signal });
      },
      write: (bound) => configurations.remove(id, { signal, ...bound }),
    }),
  );
}

async function deleteAll(
  session: Session,
  kind: Kind,
  ids: readonly string[],
  remove: (id: string) => Promise<void>,
): Promise<number> {
  const failures = await collectFailures(session, ids, async (id) => {
    await withContext({ subject: `${kind} ${id}` }, () => remove(id));
    if (!session.isQuiet) await session.print(`${kind} ${visibleText(id)} deleted`);
  });
  return exitCodeOfAll(failures);
}
