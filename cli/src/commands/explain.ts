import type { Command } from 'commander';
import { EXIT } from '../failure/exit-code.js';
import { explainLines } from '../output/explain-lines.js';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';
import { type Format, formatOption, structuredText } from '../text/format.js';

const EXAMPLES = `
Examples:
  muster explain model-v3.1-0001
  muster explain model-v3.1-0001 -o json | jq '.paths["/speed"].winner'`;

export function defineExplain(program: Command, start: Start): void {
  program
    .command('explain')
    .argument('<id>', 'the device')
    .summary('explain the desired document of a device')
    .description(
      'Show the winner of each path of the desired document, the layers it beat, and why each configuration applies or not',
    )
    .addOption(formatOption(['table', 'json', 'yaml'], 'table'))
    .addHelpText('after', EXAMPLES)
    .action(start(explain));
}

async function explain(session: Session, id: string, { output }: { readonly output: Format }): Promise<number> {
  const explanation = await session.client.devices.explain(id, { signal: session.signal });
  const text = structuredText(output, explanation) ?? explainLines(explanation, session.style).join('\n');
  await session.print(text);
  return EXIT.ok;
}
