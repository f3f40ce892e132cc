import type { ConfigurationInput, ConfigurationView } from '@muster/api';
import { isId, isObject, type Json, type JsonObject, TwinError } from '@muster/twin';
import { withContext } from '../failure/failure.js';
import { readDocuments, type SourcedDocument } from '../files/document-files.js';
import type { Terminal } from '../session/terminal.js';

/** A configuration read from a file. */
export interface FileConfiguration {
  /** The file and the document in it, for messages. */
  readonly source: string;
  readonly id: string;
  readonly input: ConfigurationInput;
}

/** Members that the server adds. A file made by `muster get` has them; they are ignored. */
const SERVER_MEMBERS = ['id', 'generation', 'createdAt', 'updatedAt', 'indexable', 'notIndexableBecause'];

/** Reads the configurations of all files. Throws if one has no id, or two have the same. */
export async function readConfigurations(
  files: readonly string[],
  terminal: Pick<Terminal, 'workingDirectory' | 'stdin'>,
): Promise<FileConfiguration[]> {
  const documents = await readDocuments(files, terminal);
  const configurations = await Promise.all(documents.map(fileConfiguration));
  const sources = new Map<string, string>();
  for (const { id, source } of configurations) {
    const other = sources.get(id);
    if (other !== undefined) throw new TwinError('conflict', `${id} is in ${other} and in ${source}: keep one of them`);
    sources.set(id, source);
  }
  return configurations;
}

/** Returns the configuration without the members that the server adds; defaults stay. */
export function inputOf(view: ConfigurationView): ConfigurationInput {
  return withoutServerMembers(view as unknown as JsonObject) as unknown as ConfigurationInput;
}

/** Adds the defaults (PROTOCOL, HTTP API), so that an omitted member equals the stored one. */
export function completeInput(input: ConfigurationInput): ConfigurationInput {
  const {
    targetCondition,
    desiredProperties,
    priority = 0,
    enabled = true,
    enforce = false,
    description = '',
    labels = {},
    ...more
  } = input;
  return {
    targetCondition,
    priority,
    enabled,
    enforce,
    ...(description !== '' && { description }),
    ...(Object.keys(labels ?? {}).length > 0 && { labels }),
    ...more,
    desiredProperties,
  };
}

function fileConfiguration({ source, value }: SourcedDocument): Promise<FileConfiguration> {
  return withContext({ subject: source }, async () => {
    const { id, members } = splitId(value);
    return { source, id, input: members as unknown as ConfigurationInput };
  });
}

/** Checks only the id; the server checks the rest. */
function splitId(value: Json): { id: string; members: JsonObject } {
  if (!isObject(value))
    throw new TwinError(
      'malformed',
      'a configuration is an object with "id", "targetCondition" and "desiredProperties"',
    );
  if (value.id === undefined)
    throw new TwinError('malformed', 'a configuration in a file needs an "id": the name it is stored under');
  if (!isId(value.id))
    throw new TwinError(
      'bad-id',
      `${JSON.stringify(value.id)} is not an id: use letters, digits and . _ : ~ @ -, starting with a letter or digit`,
    );
  return { id: value.id, members: withoutServerMembers(value) };
}

function withoutServerMembers(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !SERVER_MEMBERS.includes(name)));
}
