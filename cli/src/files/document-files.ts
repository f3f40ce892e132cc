import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { decodeUtf8, type Json } from '@muster/twin';
import { withContext } from '../failure/failure.js';
import { UsageError } from '../failure/usage-error.js';
import type { Terminal } from '../session/terminal.js';
import { parseDocuments } from './parse-documents.js';

/** One document of a file. */
export interface SourcedDocument {
  /** The file name as given, with the number of the document if there are several. */
  readonly source: string;
  readonly value: Json;
}

type Input = Pick<Terminal, 'workingDirectory' | 'stdin'>;

const DOCUMENT_FILE = /\.(json|ya?ml)$/i;

/** Reads all documents of all files. A folder means the .json, .yaml and .yml files in it, `-` means stdin. */
export async function readDocuments(names: readonly string[], input: Input): Promise<SourcedDocument[]> {
  const documents: SourcedDocument[] = [];
  for (const name of names) {
    for (const file of await filesOf(name, input.workingDirectory))
      documents.push(...(await readFileDocuments(file, input)));
  }
  if (documents.length === 0) throw new UsageError(`${names.join(', ')}: no documents found`);
  return documents;
}

async function readFileDocuments(file: string, { workingDirectory, stdin }: Input): Promise<SourcedDocument[]> {
  return withContext({ subject: file }, async () => {
    const bytes = file === '-' ? await buffer(stdin) : await readFile(resolve(workingDirectory, file));
    const values = parseDocuments(decodeUtf8(bytes), file);
    return values.map((value, index) => ({ source: values.length > 1 ? `${file}#${index + 1}` : file, value }));
  });
}

async function filesOf(name: string, workingDirectory: string): Promise<string[]> {
  if (name === '-') return [name];
  const path = resolve(workingDirectory, name);
  const isDirectory = (await statOrUsageError(path, name)).isDirectory();
  if (!isDirectory) return [name];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory() && DOCUMENT_FILE.test(entry.name))
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(/[\\/]/).some((part) => part.startsWith('.') || part === 'node_modules'))
    .toSorted()
    .map((file) => join(name, file));
}

async function statOrUsageError(path: string, name: string) {
  try {
    return await stat(path);
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
  }
}
