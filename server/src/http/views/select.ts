import type { DeviceView } from '@muster/api';
import { isObject, type Json, type JsonObject, type MutableJsonObject, TwinError, valueAt } from '@muster/twin';

/** Paths in a twin, each a list of names. */
export type Selection = readonly (readonly string[])[];

/** Members of a twin, and whether a path may continue below them. */
const MEMBERS: Readonly<Record<keyof Omit<DeviceView, 'secret'>, 'value' | 'document'>> = {
  id: 'value',
  name: 'value',
  enabled: 'value',
  tags: 'document',
  desired: 'document',
  desiredVersion: 'value',
  ownDesired: 'document',
  reported: 'document',
  reportedVersion: 'value',
  acknowledged: 'document',
  configurations: 'value',
  problem: 'document',
  connected: 'value',
  lastSeenAt: 'value',
  createdAt: 'value',
};

const PATHS_MAX = 100;
const BARE = /[\p{L}\p{N}_$]+/uy;
const QUOTED = /\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]/sy;

/** Parses `id,tags.region,tags['a b']`. A path below another selected path is dropped. */
export function parseSelect(text: string): Selection {
  const paths = readPaths(text);
  if (paths.length > PATHS_MAX) throw new TwinError('bad-request', `select takes at most ${PATHS_MAX} paths`);
  return paths.filter((path, index) => !paths.some((other, at) => covers(other, path, at < index)));
}

/** The twin with nothing but the selected paths; a path without a value is omitted. */
export function applySelect(view: DeviceView, selection: Selection): JsonObject {
  const item: MutableJsonObject = {};
  for (const path of selection) {
    const value = valueAt(view as unknown as JsonObject, path);
    if (value !== undefined) put(item, path, value);
  }
  return item;
}

function readPaths(text: string): string[][] {
  const paths: string[][] = [];
  for (let index = 0; ; index += 1) {
    const { path, end } = readPath(text, index);
    checkMember(path);
    paths.push(path);
    if (end === text.length) return paths;
    if (text[end] !== ',') throw bad(`"${text.slice(end, end + 20)}" is not expected here`);
    index = end;
  }
}

function readPath(text: string, start: number): { path: string[]; end: number } {
  let [name, end] = readBare(text, skipBlanks(text, start));
  const path = [name];
  for (;;) {
    if (text[end] === '.') [name, end] = readBare(text, end + 1);
    else if (text[end] === '[') [name, end] = readQuoted(text, end);
    else return { path, end: skipBlanks(text, end) };
    path.push(name);
  }
}

function readBare(text: string, start: number): [name: string, end: number] {
  BARE.lastIndex = start;
  const [name] = BARE.exec(text) ?? [];
  if (name === undefined) throw bad('a name is missing');
  return [name, start + name.length];
}

function readQuoted(text: string, start: number): [name: string, end: number] {
  QUOTED.lastIndex = start;
  const [whole, single, double] = QUOTED.exec(text) ?? [];
  if (whole === undefined) throw bad('a bracket holds one quoted name');
  return [(single ?? double ?? '').replaceAll(/\\(.)/gs, '$1'), start + whole.length];
}

function skipBlanks(text: string, start: number): number {
  let end = start;
  while (text[end] === ' ') end += 1;
  return end;
}

function checkMember([member = '', ...below]: readonly string[]): void {
  if (!Object.hasOwn(MEMBERS, member))
    throw bad(`"${member}" is not a member of a twin; known are ${Object.keys(MEMBERS).join(', ')}`);
  if (below.length > 0 && MEMBERS[member as keyof typeof MEMBERS] === 'value')
    throw bad(`there is nothing below "${member}"`);
}

function covers(other: readonly string[], path: readonly string[], isEarlier: boolean): boolean {
  const isPrefix = other.every((name, index) => path[index] === name);
  return isPrefix && (other.length < path.length || isEarlier);
}

/** No selected path is below another, so the objects on the way were all created here. */
function put(item: MutableJsonObject, path: readonly string[], value: Json): void {
  let target = item;
  for (const name of path.slice(0, -1)) {
    const next = Object.hasOwn(target, name) ? target[name] : undefined;
    if (isObject(next)) target = next as MutableJsonObject;
    else {
      const made: MutableJsonObject = {};
      target[name] = made;
      target = made;
    }
  }
  target[path.at(-1) ?? ''] = value;
}

function bad(reason: string): TwinError {
  return new TwinError('bad-request', `select: ${reason}; paths look like id,tags.region,tags['a b']`);
}
