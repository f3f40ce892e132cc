import type { ConfigurationInput, ConfigurationView } from '@muster/api';
import { isId, isObject, type Json, type JsonObject, TwinError } from '@muster/twin';
import { readDocuments, type SourcedDocument } from './document-files.js';
import { about } from './failure.js';
import type { Terminal } from './terminal.js';

/** A configuration as a file has it. */
export interface FiledConfiguration {
  /** Where it stands, for messages. */
  readonly source: string;
  readonly id: string;
  readonly input: ConfigurationInput;
}

/** What the server adds; in a file it comes from `muster get`, and says nothing. */
const SERVER_MEMBERS = ['id', 'generation', 'createdAt', 'updatedAt', 'indexable', 'notIndexableBecause'];

/** All configurations of the files. Nothing is begun while one of them has no id, or one id stands twice. */
export async function readConfigurations(
  files: readonly string[],
  terminal: Pick<Terminal, 'workingDirectory' | 'stdin'>,
): Promise<FiledConfiguration[]> {
  const documents = await readDocuments(files, terminal);
  const configurations = await Promise.all(documents.map(filed));
  const sources = new Map<string, string>();
  for (const { id, source } of configurations) {
    const other = sources.get(id);
    if (other !== undefined)
      throw new TwinError('conflict', `${id} stands in ${other} and in ${source}: keep one of them`);
    sources.set(id, source);
  }
  return configurations;
}

/** As an operator would write it: without what the server adds, defaults and all. */
export function inputOf(view: ConfigurationView): ConfigurationInput {
  return withoutServerMembers(view as unknown as JsonObject) as unknown as ConfigurationInput;
}

/** Defaults in place (PROTOCOL, HTTP API), so that what is left out equals what the server says. */
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

function filed({ source, value }: SourcedDocument): Promise<FiledConfiguration> {
  return about({ subject: source }, async () => {
    const { id, members } = identified(value);
    return { source, id, input: members as unknown as ConfigurationInput };
  });
}

/** Whether the rest is a configuration is for the server to say: it knows best what is allowed. */
function identified(value: Json): { id: string; members: JsonObject } {
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
      `${JSON.stringify(value.id)} is no id: letters, digits and . _ : ~ @ -, beginning with a letter or digit`,
    );
  return { id: value.id, members: withoutServerMembers(value) };
}

function withoutServerMembers(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !SERVER_MEMBERS.includes(name)));
}
