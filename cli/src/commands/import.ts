import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { ImportResult } from '@muster/api';
import type { Command } from 'commander';
import { EXIT } from '../failure/exit-code.js';
import { withContext } from '../failure/failure.js';
import { importLines, type LineResult } from '../files/import-lines.js';
import type { Start } from '../session/command.js';
import { ProgressLine } from '../session/progress-line.js';
import type { Session } from '../session/session.js';
import { visibleText } from '../text/visible-text.js';

/** Failures printed on stderr; stdout has all of them. */
const FAILURES_SHOWN_MAX = 10;

const EXAMPLES = `
Each line of the file is a registration with an id: {"id":"pump-1","tags":{"region":"eu"}}
Each line on stdout is its result, in the same order: {"id":"pump-1","status":201,"secret":"…"}
(200: replaced; 400: refused, with code and detail). A refused line does not stop the import; the exit code is then 1.

Examples:
  muster import devices.ndjson > results.ndjson
  jq -c '.[]' devices.json | muster import - > results.ndjson`;

interface ImportCounts {
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
  const counts: ImportCounts = { created: 0, replaced: 0, failed: 0 };
  const progress = new ProgressLine(session, () => countsText(counts));
  try {
    const bytes = file === '-' ? terminal.stdin : createReadStream(resolve(terminal.workingDirectory, file));
    await withContext({ subject: file }, async () => {
      const results = importLines(bytes, (lines) => client.devices.import(lines, { signal }));
      for await (const result of results) await count(session, result, counts, progress);
    });
  } finally {
    await progress.clear();
  }
  await session.printMessage(countsText(counts));
  return counts.failed > 0 ? EXIT.failure : EXIT.ok;
}

async function count(
  session: Session,
  { line, result }: LineResult,
  counts: ImportCounts,
  progress: ProgressLine,
): Promise<void> {
  await session.print(JSON.stringify(result));
  if (result.status === 400) await countFailure(line, result, counts, progress);
  else if (result.status === 201) counts.created += 1;
  else counts.replaced += 1;
  await progress.update();
}

async function countFailure(
  line: number,
  { id = '(no id)', code, detail }: Extract<ImportResult, { status: 400 }>,
  counts: ImportCounts,
  progress: ProgressLine,
): Promise<void> {
  counts.failed += 1;
  if (counts.failed <= FAILURES_SHOWN_MAX)
    await progress.printAbove(visibleText(`line ${line}, ${id}: ${detail} (${code})`));
  if (counts.failed === FAILURES_SHOWN_MAX) await progress.printAbove('further failures are on stdout only');
}

function countsText({ created, replaced, failed }: ImportCounts): string {
  return `${created + replaced + failed} devices: ${created} registered, ${replaced} replaced, ${failed} failed`;
}
