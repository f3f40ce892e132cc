import type { DeviceEntry } from '@muster/registry';
import { canonicalEqual, type JsonObject } from '@muster/twin';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME = 'S3 versions rise by one with every change, and never otherwise';

type Numbered = 'desired' | 'reported';

export function versions(): Checker {
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind !== 'committed' || event.before === event.after || !event.after) return;
      const { id, before, after } = event;
      if (after.revision < (before?.revision ?? 0)) world.fail(NAME, `the revision of ${id} fell`);
      if (event.entryKind !== 'device') return;
      const [old, young] = [before as DeviceEntry | undefined, after as DeviceEntry];
      for (const document of ['desired', 'reported'] as const) checkDocument(document, old, young, world);
    },
  };
}

function checkDocument(name: Numbered, before: DeviceEntry | undefined, after: DeviceEntry, world: World): void {
  const [old, young] = [versionOf(name, before), versionOf(name, after)];
  const isChanged = !canonicalEqual(documentOf(name, before), documentOf(name, after));
  const isRemoval = after.deleted === true && before?.deleted !== true;
  const expected = old + (isChanged || (isRemoval && old > 0) ? 1 : 0);
  if (young !== expected) world.fail(NAME, `${name} of ${after.id} went from version ${old} to ${young}`);
}

function versionOf(name: Numbered, entry: DeviceEntry | undefined): number {
  return entry?.[`${name}Version`] ?? 0;
}

function documentOf(name: Numbered, entry: DeviceEntry | undefined): JsonObject {
  return entry === undefined || entry.deleted === true ? {} : entry[name];
}
