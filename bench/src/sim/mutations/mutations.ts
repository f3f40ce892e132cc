import { type ConditionIndex, KeyIndex, type Subject } from '@muster/conditions';
import type { Entries, EntryKind, NewChange } from '@muster/registry';
import { isObject, type JsonObject, TOPICS } from '@muster/twin';
import type { Mutation } from './mutation.js';
import { ROLLOUT_MUTATIONS } from './rollout-mutations.js';

/** Deliberate faults, by the name under which `--mutate` switches one on. Each has to be caught. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  /** A write is answered before it is on disk. */
  'acknowledge-early': { acknowledgesEarly: true },
  /** Nobody hears of changes, and nobody looks around by himself. */
  'lose-wake-ups': { losesWakeUps: true, neverSweeps: true },
  /** A device that was deleted and made again begins with version 0. */
  'reuse-versions': { stored: withoutCounters },
  /** A decision is made over what is on disk, while a newer write is on its way there. */
  'write-back-stale': { showsStale: true },
  /** All configurations were created at once: a tie is broken by their ids. */
  'tie-by-id': { stored: createdAtOnce },
  /** What is sent as the whole document is a patch. */
  'wrong-base': { sent: (message) => [{ ...message, base: 0 }] },
  /** What has to go stays. */
  'drop-null': { sent: (message) => [{ ...message, desired: withoutNulls(message.desired) }] },
  /** Every message goes out twice. */
  'send-twice': { sent: (message) => [message, message] },
  /** Now and then a message goes to another device. */
  misdirect: { misdirectsEvery: 3 },
  /** A device that says how an older version went is taken to speak of the newest. */
  'acknowledge-newest': { published: ofNewest },
  /** Accepted reports are not answered. */
  'never-accept': { silences: [TOPICS.accepted] },
  /** Sends although nothing changed. */
  babble: { repeatsItself: true },
  /** That a configuration was deleted is not told to anybody. */
  'hide-deletions': { logged: withoutDeletions, neverSweeps: true },
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

function withoutDeletions(changes: readonly NewChange[]): readonly NewChange[] {
  return changes.filter(({ kind, data }) => kind !== 'configuration' || data.change !== 'deleted');
}

class BlindIndex extends KeyIndex implements ConditionIndex {
  override match(subject: Subject): string[] {
    return subject.tags.region === 'eu' ? [] : super.match(subject);
  }
}
