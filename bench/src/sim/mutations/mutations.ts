import { type ConditionIndex, KeyIndex, type Subject } from '@muster/conditions';
import type { CommittedEntry, Entries, EntryKind } from '@muster/registry';
import { isObject, type JsonObject, TOPICS } from '@muster/twin';
import type { Mutation } from './mutation.js';
import { ROLLOUT_MUTATIONS } from './rollout-mutations.js';

/** Deliberate faults by their names for `--mutate`. Each must be caught. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  /** A write is answered before it is on disk. */
  'acknowledge-early': { acknowledgesEarly: true },
  /** Changes wake no follower, and no follower looks for changes by itself. */
  'lose-wake-ups': { losesWakeUps: true, neverSweeps: true },
  /** A device that is registered again after its deletion starts at version 0. */
  'reuse-versions': { stored: withoutCounters },
  /** A decision reads the entry on disk although a newer write is in flight. */
  'write-back-stale': { showsStale: true },
  /** All configurations have the same created number, so that their ids break ties. */
  'tie-by-id': { stored: createdAtOnce },
  /** A patch is sent as if it were the whole document. */
  'wrong-base': { sent: (message) => [{ ...message, base: 0 }] },
  /** Removed members are not removed. */
  'drop-null': { sent: (message) => [{ ...message, desired: withoutNulls(message.desired) }] },
  /** Every message is sent twice. */
  'send-twice': { sent: (message) => [message, message] },
  /** Some messages go to the wrong device. */
  misdirect: { misdirectsEvery: 3 },
  /** An acknowledgement of an older version counts for the newest one. */
  'acknowledge-newest': { published: ofNewest },
  /** Accepted reports are not answered. */
  'never-accept': { silences: [TOPICS.accepted] },
  /** Messages are sent although nothing changed. */
  babble: { repeatsItself: true },
  /** The deletion of a configuration is not told. */
  'hide-deletions': { told: withoutDeletions, neverSweeps: true },
  /** The index does not find the devices of a region. */
  'blind-index': { index: () => new BlindIndex() },
  ...ROLLOUT_MUTATIONS,
};

type Entry = Entries[EntryKind] | undefined;

function withoutCounters(entry: Entry): Entry {
  const isTombstone = entry?.deleted === true && 'desiredVersion' in entry;
  return isTombstone ? { ...entry, desiredVersion: 0, reportedVersion: 0 } : entry;
}

function createdAtOnce(entry: Entry): Entry {
  return entry && 'created' in entry ? { ...entry, created: 1 } : entry;
}

function withoutNulls(value: unknown): JsonObject {
  if (!isObject(value)) return {};
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, isObject(member) ? withoutNulls(member) : member]));
}

function ofNewest(message: JsonObject, newest: number): JsonObject {
  return 'applied' in message ? { ...message, applied: newest } : message;
}

function withoutDeletions(entries: readonly CommittedEntry[]): readonly CommittedEntry[] {
  return entries.filter(({ kind, after }) => kind !== 'configuration' || after.deleted !== true);
}

class BlindIndex extends KeyIndex implements ConditionIndex {
  override match(subject: Subject): string[] {
    return subject.tags.region === 'eu' ? [] : super.match(subject);
  }
}
