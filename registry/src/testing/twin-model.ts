import { canonicalEqual, documentAt, type JsonObject } from '@muster/twin';
import { expect } from 'vitest';
import type { Change, DeviceEntry, DeviceRecord } from '../index.js';

type Document = 'desired' | 'reported';

const NOTHING = { desired: {}, desiredVersion: 0, reported: {}, reportedVersion: 0 } as const;

/**
 * The promises about one twin, in the simplest form. It compares the entry before and after each verb, and keeps the
 * document of every version.
 */
export class TwinModel {
  readonly #desired = new Map<number, JsonObject>([[0, {}]]);
  #revision = 0;

  step(before: DeviceEntry | undefined, after: DeviceEntry | undefined, changes: readonly Change[]): void {
    for (const document of ['desired', 'reported'] as const) this.#checkVersion(document, before, after, changes);
    this.#checkRevision(before, after);
    if (changes.length === 0) expect(visible(after)).toEqual(visible(before));
    if (!after || after.deleted) return;
    if (!before || before.deleted) expect(after.admissions).toBeUndefined();
    expect(after.admissions).not.toEqual([]);
    this.#desired.set(after.desiredVersion, after.desired);
    this.#checkTrail(after);
    expect(after.acknowledged?.version ?? after.bornVersion).toBeGreaterThanOrEqual(after.bornVersion);
    expect(after.acknowledged?.version ?? 0).toBeLessThanOrEqual(after.desiredVersion);
  }

  /** A change makes one version and one event; no change makes none. A deletion counts, unless at version 0. */
  #checkVersion(
    document: Document,
    before: DeviceEntry | undefined,
    after: DeviceEntry | undefined,
    changes: readonly Change[],
  ): void {
    const [from, to] = [versionOf(before, document), versionOf(after, document)];
    const isDeleted = before !== undefined && !before.deleted && after?.deleted === true;
    const isChanged = isDeleted ? from > 0 : !canonicalEqual(documentOf(before, document), documentOf(after, document));
    expect(to).toBe(isChanged ? from + 1 : from);
    const versions = changes.flatMap((change) => (change.kind === document ? [change.data.version] : []));
    expect(versions).toEqual(isChanged ? [to] : []);
  }

  /** The revision counts writes of operators, rises by one, and is never used twice. */
  #checkRevision(before: DeviceEntry | undefined, after: DeviceEntry | undefined): void {
    const isWritten = !canonicalEqual(writtenOf(before), writtenOf(after));
    expect(after?.revision ?? 0).toBe((before?.revision ?? 0) + (isWritten ? 1 : 0));
    expect(after?.revision ?? 0).toBeGreaterThanOrEqual(this.#revision);
    this.#revision = after?.revision ?? 0;
  }

  /** Every step of the trail, including the last acknowledged version, leads back to the document of its version. */
  #checkTrail({ desired, trail, desiredVersion }: DeviceRecord): void {
    for (const { version } of trail) {
      expect(version).toBeLessThan(desiredVersion);
      expect(documentAt(desired, trail, version)).toEqual(this.#desired.get(version));
    }
  }
}

function versionOf(entry: DeviceEntry | undefined, document: Document): number {
  return (entry ?? NOTHING)[`${document}Version`];
}

function documentOf(entry: DeviceEntry | undefined, document: Document): JsonObject {
  return !entry || entry.deleted ? {} : entry[document];
}

function writtenOf(entry: DeviceEntry | undefined): JsonObject {
  if (!entry || entry.deleted) return {};
  const { id, name = id, tags, ownDesired, enabled, credential } = entry;
  return { name, tags, ownDesired, enabled, credential };
}

/** Drops the members of the reconciler (configurations, admissions), which change no document. */
function visible(entry: DeviceEntry | undefined): unknown {
  if (!entry || entry.deleted) return entry;
  const { configurations: _standing, problem: _problem, admissions: _admissions, ...rest } = entry;
  return rest;
}
