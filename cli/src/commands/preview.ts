import { type Command, Option } from 'commander';
import { readConfigurations } from '../configurations/configuration-file.js';
import { previewConfigurations } from '../configurations/preview-configurations.js';
import { collectFiles } from '../options/arguments.js';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';

interface PreviewOptions {
  readonly file: readonly string[];
  readonly output?: 'json';
}

const EXAMPLES = `
Examples:
  muster preview -f limit-speed.yaml
  muster preview -f configurations/ -o json`;

export function definePreview(program: Command, start: Start): void {
  program
    .command('preview')
    .summary('preview the effect of configurations in files')
    .description('Show what storing the configurations of files would change, and on how many devices; stores nothing')
    .requiredOption('-f, --file <file>', 'file, folder or - for stdin', collectFiles)
    .addOption(new Option('-o, --output <format>', 'json: one line of JSON for each configuration').choices(['json']))
    .addHelpText('after', EXAMPLES)
    .action(start(preview));
}

async function preview(session: Session, { file, output }: PreviewOptions): Promise<number> {
  const configurations = await readConfigurations(file, session.terminal);
  return previewConfigurations(session, configurations, output === 'json');
}
