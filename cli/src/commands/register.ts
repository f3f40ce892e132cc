import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { DeviceView, Registration } from '@muster/api';
import { type JsonObject, TwinError } from '@muster/twin';
import type { Command } from 'commander';
import { EXIT } from '../failure/exit-code.js';
import { withContext } from '../failure/failure.js';
import { parseJsonObject } from '../options/arguments.js';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';
import { type Format, formatOption, structuredText } from '../text/format.js';
import { visibleText } from '../text/visible-text.js';

interface RegisterOptions {
  readonly name?: string;
  readonly tags?: JsonObject;
  readonly desired?: JsonObject;
  readonly disabled?: true;
  readonly secretFile?: string;
  readonly replace?: true;
  readonly output?: Format;
}

const EXAMPLES = `
The generated secret is printed once, alone on stdout; the server does not show it again.

Examples:
  muster register pump-1 --tags '{"region":"eu"}' > pump-1.secret
  muster register pump-1 --replace --secret-file pump-1.secret`;

export function defineRegister(program: Command, start: Start): void {
  program
    .command('register')
    .argument('<id>')
    .summary('register a device')
    .description('Register a device and print its secret')
    .option('--name <text>', 'default: the id')
    .option('--tags <json>', 'a JSON object', parseJsonObject)
    .option('--desired <json>', 'its own layer: a JSON object', parseJsonObject)
    .option('--disabled', 'do not allow it to connect')
    .option('--secret-file <file>', 'file with the secret of the device, - for stdin; at least 16 characters')
    .option(
      '--replace',
      'replace an existing registration; omitted values return to their defaults, the secret is kept',
    )
    .addOption(formatOption(['json', 'yaml']))
    .addHelpText('after', EXAMPLES)
    .action(start(register));
}

async function register(session: Session, id: string, options: RegisterOptions): Promise<number> {
  const registration = await registrationOf(session, options);
  if (!options.replace) await refuseRegistered(session, id);
  const device = await session.client.devices.register(id, registration, { signal: session.signal });
  await report(session, device, options);
  return EXIT.ok;
}

/** Registering replaces everything, so an existing id requires `--replace`. */
async function refuseRegistered({ client, signal }: Session, id: string): Promise<void> {
  try {
    await client.devices.get(id, { signal });
  } catch (error) {
    if (error instanceof TwinError && error.code === 'not-found') return;
    throw error;
  }
  throw new TwinError(
    'conflict',
    `${id} is registered already: change it with "muster patch device", or add --replace`,
  );
}

async function registrationOf(session: Session, options: RegisterOptions): Promise<Registration> {
  const { name, tags, desired, disabled, secretFile } = options;
  return {
    ...(name !== undefined && { name }),
    ...(tags && { tags }),
    ...(desired && { desired }),
    ...(disabled && { enabled: false }),
    ...(secretFile !== undefined && { auth: { type: 'secret', secret: await readSecret(session, secretFile) } }),
  };
}

async function readSecret({ terminal }: Session, file: string): Promise<string> {
  const bytes = await withContext({ subject: '--secret-file' }, () =>
    file === '-' ? buffer(terminal.stdin) : readFile(resolve(terminal.workingDirectory, file)),
  );
  return bytes.toString('utf8').trim();
}

async function report(session: Session, device: DeviceView, { output, secretFile }: RegisterOptions): Promise<void> {
  await session.print(structuredText(output, device) ?? device.secret ?? '');
  await session.printMessage(`device ${visibleText(device.id)} registered${secretText(device, secretFile)}`);
}

function secretText({ secret }: DeviceView, secretFile: string | undefined): string {
  if (secret !== undefined) return '; its secret is shown only once';
  return secretFile === undefined ? '; its secret is unchanged' : ' with the secret given';
}
