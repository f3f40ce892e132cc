import type { Command } from 'commander';
import { storedConfiguration } from '../configurations/configuration-change.js';
import { type FileConfiguration, inputOf, readConfigurations } from '../configurations/configuration-file.js';
import { configurationText } from '../configurations/configuration-text.js';
import { effectLines } from '../configurations/preview-lines.js';
import { rolloutForecast } from '../configurations/rollout-forecast.js';
import { EXIT, exitCodeOf } from '../failure/exit-code.js';
import { withContext } from '../failure/failure.js';
import { collectFiles } from '../options/arguments.js';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';
import { unifiedDiff } from '../text/unified-diff.js';
import { visibleText } from '../text/visible-text.js';

interface DiffOptions {
  readonly file: readonly string[];
}

type Stored = Awaited<ReturnType<typeof storedConfiguration>>;

const DIFFERENT = 1;

const EXAMPLES = `
Exit codes: 0 no difference, 1 differences, more than 1 an error.

Examples:
  muster diff -f limit-speed.yaml
  muster diff -q -f configurations/ || muster apply -f configurations/`;

export function defineDiff(program: Command, start: Start): void {
  program
    .command('diff')
    .summary('compare configurations in files with the server')
    .description(
      'Show the changes that "apply" would make to stored configurations as a unified diff, and how many devices change',
    )
    .requiredOption('-f, --file <file>', 'file, folder or - for stdin', collectFiles)
    .addHelpText('after', EXAMPLES)
    .action(start(diff));
}

/** Exit code 1 means differences, so failures use another code. */
async function diff(session: Session, options: DiffOptions): Promise<number> {
  try {
    return await diffAll(session, options);
  } catch (error) {
    await session.printError(error);
    const exitCode = exitCodeOf(error);
    return exitCode === EXIT.failure ? EXIT.usage : exitCode;
  }
}

async function diffAll(session: Session, { file }: DiffOptions): Promise<number> {
  const configurations = await readConfigurations(file, session.terminal);
  let exitCode: number = EXIT.ok;
  for (const configuration of configurations) {
    const { client, signal } = session;
    const { id } = configuration;
    const stored = await withContext({ subject: id }, () => storedConfiguration(client, id, signal));
    const lines = diffLines(session, configuration, stored);
    if (lines.length === 0) continue;
    exitCode = DIFFERENT;
    if (session.isQuiet) continue;
    await session.print(lines.join('\n'));
    await printEffect(session, configuration, stored);
  }
  return exitCode;
}

/** Prints the effect after the diff, as comments that `patch` ignores. */
async function printEffect(session: Session, { source, id, input }: FileConfiguration, stored: Stored): Promise<void> {
  const { client, signal, style } = session;
  await withContext({ subject: `${source}: ${id}`, condition: String(input.targetCondition) }, async () => {
    const preview = await client.configurations.preview({ ...input, id }, { signal });
    const [, ...effect] = effectLines(id, 'changed', preview, style);
    const lines = [...effect, ...rolloutForecast(stored, input, preview)];
    await session.print(lines.map((line) => `#${line}`).join('\n'));
  });
}

function diffLines(session: Session, { source, id, input }: FileConfiguration, stored: Stored): string[] {
  const names = { before: stored ? `server/${id}` : '/dev/null', after: `${source}: ${id}` };
  const before = stored === undefined ? [] : configurationText(inputOf(stored)).map(visibleText);
  return unifiedDiff(mapNames(names), before, configurationText(input).map(visibleText), session.style);
}

function mapNames({ before, after }: { before: string; after: string }) {
  return { before: visibleText(before), after: visibleText(after) };
}
