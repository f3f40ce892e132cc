import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { ImportResult } from '@muster/api';
import type { Command } from 'commander';
import type { Start } from '../command.js';
import { EXIT } from '../exit-code.js';
import { about } from '../failure.js';
import { importLines, type LineResult } from '../import-lines.js';
import { ProgressLine } from '../output/progress-line.js';
import { visibleText } from '../output/visible-text.js';
import type { Session } from '../session.js';

/** Failures told on stderr one by one; all of them are among the results on stdout. */
const FAILURES_TOLD_MAX = 10;

const EXAMPLES = `
Each line of the file is a registration with its id: {"id":"pump-1","tags":{"region":"eu"}}
Each line on stdout is its result, in the same order: {"id":"pump-1","status":201,"secret":"…"}
(200: replaced; 400: refused, with code and detail). Refused lines stop no other; the exit code is then 1.

Examples:
  muster import devices.ndjson > results.ndjson
  jq -c '.[]' devices.json | muster import - > results.ndjson`;

interface Tally {
  created: number;
  replaced: number;
  failed: number;
}

export function defineImport(program: Command, start: Start): void {
  program
    .command('import')
    .argument('<file>', 'NDJSON, - for stdin')
    .summary('register many devices')
    .description('Register or replace the devices of a file of JSON lines')
    .addHelpText('after', EXAMPLES)
    .action(start(importFile));
}

async function importFile(session: Session, file: string): Promise<number> {
  const { terminal, client, signal } = session;
  const tally: Tally = { created: 0, replaced: 0, failed: 0 };
  const progress = new ProgressLine(session, () => tallyText(tally));
  try {
    const bytes = file === '-' ? terminal.stdin : createReadStream(resolve(terminal.workingDirectory, file));
    await about({ subject: file }, async () => {
      const results = importLines(bytes, (lines) => client.devices.import(lines, { signal }));
      for await (const result of results) await take(session, result, tally, progress);
    });
  } finally {
    await progress.end();
  }
  await session.say(tallyText(tally));
  return tally.failed > 0 ? EXIT.failure : EXIT.ok;
}

async function take(
  session: Session,
  { line, result }: LineResult,
  tally: Tally,
  progress: ProgressLine,
): Promise<void> {
  await session.print(JSON.stringify(result));
  if (result.status === 400) await takeFailure(line, result, tally, progress);
  else if (result.status === 201) tally.created += 1;
  else tally.replaced += 1;
  await progress.update();
}

async function takeFailure(
  line: number,
  { id = '(no id)', code, detail }: Extract<ImportResult, { status: 400 }>,
  tally: Tally,
  progress: ProgressLine,
): Promise<void> {
  tally.failed += 1;
  if (tally.failed <= FAILURES_TOLD_MAX) await progress.above(visibleText(`line ${line}, ${id}: ${detail} (${code})`));
  if (tally.failed === FAILURES_TOLD_MAX) await progress.above('further failures are told on stdout only');
}

function tallyText({ created, replaced, failed }: Tally): string {
  return `${created + replaced + failed} devices: ${created} registered, ${replaced} replaced, ${failed} failed`;
}
