import type { RegistrationPatch } from '@muster/api';
import { isObject, type JsonObject, TwinError } from '@muster/twin';
import type { Command } from 'commander';
import { EXIT } from '../failure/exit-code.js';
import { UsageError } from '../failure/usage-error.js';
import { readDocuments } from '../files/document-files.js';
import { parseJsonObject } from '../options/arguments.js';
import type { Start } from '../session/command.js';
import type { Session } from '../session/session.js';
import { type Format, formatOption, structuredText } from '../text/format.js';
import { visibleText } from '../text/visible-text.js';

interface PatchOptions {
  readonly name?: string;
  readonly tags?: JsonObject;
  readonly desired?: JsonObject;
  readonly enabled?: true;
  readonly disabled?: true;
  readonly file?: string;
  readonly output?: Format;
}

const EXAMPLES = `
A merge patch: objects merge, null removes, everything else replaces.

Examples:
  muster patch device pump-1 --desired '{"speed":20,"mode":null}'
  muster patch device pump-1 --name "Pump in hall 1" --tags '{"site":"hall-1"}'
  muster patch device pump-1 -f patch.yaml          with name, tags, desired, enabled`;

export function definePatch(program: Command, start: Start): void {
  const patch = program
    .command('patch')
    .summary('change a device')
    .description('Change the name, tags, own layer or enabled state of a device')
    .addHelpText('after', EXAMPLES);
  patch
    .command('device')
    .argument('<id>')
    .description('Change the name, tags, own layer or enabled state of a device')
    .option('--name <text>', 'the new name')
    .option('--tags <json>', 'a merge patch of the tags', parseJsonObject)
    .option('--desired <json>', 'a merge patch of its own layer', parseJsonObject)
    .option('--enabled', 'allow it to connect')
    .option('--disabled', 'do not allow it to connect')
    .option('-f, --file <file>', 'JSON or YAML file with the patch, - for stdin; options take precedence')
    .addOption(formatOption(['json', 'yaml']))
    .addHelpText('after', EXAMPLES)
    .action(start(patchDevice));
}

async function patchDevice(session: Session, id: string, options: PatchOptions): Promise<number> {
  const patch = { ...(await patchFromFile(session, options.file)), ...patchFromOptions(options) };
  if (Object.keys(patch).length === 0)
    throw new UsageError('nothing to patch: give --name, --tags, --desired, --enabled, --disabled or -f');
  const device = await session.client.devices.patch(id, patch, { signal: session.signal });
  const text = structuredText(options.output, device);
  if (text !== undefined) await session.print(text);
  else if (!session.isQuiet) await session.print(`device ${visibleText(id)} patched`);
  return EXIT.ok;
}

function patchFromOptions({ name, tags, desired, enabled, disabled }: PatchOptions): RegistrationPatch {
  if (enabled && disabled) throw new UsageError('--enabled and --disabled exclude each other');
  return {
    ...(name !== undefined && { name }),
    ...(tags && { tags }),
    ...(desired && { desired }),
    ...((enabled || disabled) && { enabled: enabled === true }),
  };
}

async function patchFromFile({ terminal }: Session, file: string | undefined): Promise<RegistrationPatch> {
  if (file === undefined) return {};
  const [document, ...others] = await readDocuments([file], terminal);
  if (others.length === 0 && isObject(document?.value)) return document.value as RegistrationPatch;
  throw new TwinError('malformed', `${file}: a patch is one object with any of "name", "tags", "desired", "enabled"`);
}
