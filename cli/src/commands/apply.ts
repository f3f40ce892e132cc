import { type Command, Option } from 'commander';
import { applyConfiguration } from '../configurations/apply-configuration.js';
import { type FileConfiguration, readConfigurations } from '../configurations/configuration-file.js';
import {
  addConfirmationOptions,
  type Confirmation,
  type ConfirmationOptions,
  confirmationOf,
} from '../configurations/confirmation.js';
import { previewConfigurations } from '../configurations/preview-configurations.js';
import { exitCodeOfAll } from '../failure/exit-code.js';
import { withContext } from '../failure/failure.js';
import { collectFiles } from '../options/arguments.js';
import { collectFailures } from '../session/collect-failures.js';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';
import { visibleText } from '../text/visible-text.js';

interface ApplyOptions extends ConfirmationOptions {
  readonly file: readonly string[];
  readonly dryRun?: true;
  readonly output?: 'json';
}

const EXAMPLES = `
A file has each configuration with its "id"; the other members are those of the API:

  id: limit-speed
  targetCondition: STARTS_WITH(device.name, 'model-v3.1')
  desiredProperties:
    speed: 20
  rollout:                                  without it, every matching device gets it at once
    phases: [{percent: 5, wait: 24h}, {percent: 100}]
    abort: {failedPercent: 2, minimum: 10}

On a terminal it shows the effect and asks, once for each configuration that changes any device. A yes covers the number
of devices shown and no more. Elsewhere it does not ask: the server stores it, or requires a bound.

Examples:
  muster apply -f limit-speed.yaml
  muster apply -f limit-speed.yaml --max-changed 100
  muster apply -f configurations/ --dry-run
  muster get configuration limit-speed | sed 's/20/25/' | muster apply -f -`;

export function defineApply(program: Command, start: Start): void {
  const command = program
    .command('apply')
    .summary('store configurations from files')
    .description('Store the configurations of JSON or YAML files; prints for each: created, changed or unchanged')
    .requiredOption(
      '-f, --file <file>',
      'file, folder or - for stdin; a file may have several documents; repeatable',
      collectFiles,
    )
    .option('--dry-run', 'store nothing; show what would change, on how many devices');
  addConfirmationOptions(command)
    .addOption(new Option('-o, --output <format>', 'json: one line of JSON for each configuration').choices(['json']))
    .addHelpText('after', EXAMPLES)
    .action(start(apply));
}

async function apply(session: Session, options: ApplyOptions): Promise<number> {
  const configurations = await readConfigurations(options.file, session.terminal);
  if (options.dryRun) return previewConfigurations(session, configurations, options.output === 'json');
  const confirmation = confirmationOf(session, options, options.file);
  const failures = await collectFailures(session, configurations, (one) =>
    applyOne(session, one, confirmation, options),
  );
  return exitCodeOfAll(failures);
}

async function applyOne(
  session: Session,
  configuration: FileConfiguration,
  confirmation: Confirmation,
  { output }: ApplyOptions,
): Promise<void> {
  const { id, source, input } = configuration;
  await withContext({ subject: `${source}: ${id}`, condition: String(input.targetCondition) }, async () => {
    const { change, message } = await applyConfiguration(session, configuration, confirmation);
    if (output === 'json') await session.print(JSON.stringify({ id, change }));
    else if (!session.isQuiet) await session.print(`configuration ${visibleText(id)} ${change}`);
    if (message !== undefined) await session.printMessage(`${visibleText(id)}: ${message}`);
  });
}
