import type { DeviceView } from '@muster/api';
import {
  badSelect,
  isObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  parsePathList,
  TwinError,
  valueAt,
} from '@muster/twin';

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

/** Parses `id,tags.region,tags['a b']`. A path below another selected path is dropped. */
export function parseSelect(text: string): Selection {
  const paths = parsePathList(text);
  for (const path of paths) checkMember(path);
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

function checkMember([member = '', ...below]: readonly string[]): void {
  if (!Object.hasOwn(MEMBERS, member))
    throw badSelect(`"${member}" is not a member of a twin; known are ${Object.keys(MEMBERS).join(', ')}`);
  if (below.length > 0 && MEMBERS[member as keyof typeof MEMBERS] === 'value')
    throw badSelect(`there is nothing below "${member}"`);
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
