import type { ConfigurationRecord, DeviceRecord, Entries, EntryKind, NewChange } from '@muster/registry';
import { seededRandom } from '../load/seeded-random.js';

const DEVICES = 40;
const CONFIGURATIONS = 8;
const BURST_WRITES_MAX = 30;
/** Values of every size up to about ten LMDB pages are cut from it. */
const NOISE_LENGTH = 65_536;

export interface PlannedWrite {
  readonly kind: EntryKind;
  readonly id: string;
  /** The entry after this write. */
  readonly entry: Entries[EntryKind];
  /** Makes new objects on each call, because a store numbers the changes that it is given. */
  readonly changes: () => NewChange[];
}

/** Writes that are sent together. */
export interface Burst {
  readonly writes: readonly PlannedWrite[];
  /** Whether the next burst waits until everything sent so far is on disk. */
  readonly isAwaited: boolean;
  /** Trims changes older than this. The time of a change is the position of its write in the plan. */
  readonly trimOlderThan: number | undefined;
}

interface Dice {
  readonly random: () => number;
  /** A whole number below `end`. */
  readonly below: (end: number) => number;
  readonly text: (length: number) => string;
}

/** Returns all writes of a seed. From the plan follows what a store must hold after any write. */
export function planLoad(seed: number, burstCount: number): Burst[] {
  const dice = diceOf(seed);
  const revisions = new Map<string, number>();
  const bursts: Burst[] = [];
  let at = 0;
  for (let burst = 0; burst < burstCount; burst += 1) {
    const size = 1 + Math.floor(dice.random() ** 2 * BURST_WRITES_MAX);
    const writes = Array.from({ length: size }, (_, index) => planWrite(at + index, revisions, dice));
    at += size;
    const trimOlderThan = dice.random() < 0.15 ? Math.max(0, at - 20 - dice.below(60)) : undefined;
    bursts.push({ writes, isAwaited: dice.random() < 0.7, trimOlderThan });
  }
  return bursts;
}

export function timeOf(change: NewChange): number {
  return Date.parse(change.data.at);
}

function diceOf(seed: number): Dice {
  const random = seededRandom(seed);
  const below = (end: number) => Math.floor(random() * end);
  const noise = Array.from({ length: NOISE_LENGTH }, () => String.fromCharCode(97 + below(26))).join('');
  const text = (length: number): string => {
    const start = below(NOISE_LENGTH - length);
    return noise.slice(start, start + length);
  };
  return { random, below, text };
}

function planWrite(at: number, revisions: Map<string, number>, dice: Dice): PlannedWrite {
  const kind = dice.random() < 0.15 ? 'configuration' : 'device';
  const id = kind === 'device' ? `device-${dice.below(DEVICES)}` : `configuration-${dice.below(CONFIGURATIONS)}`;
  const revision = (revisions.get(id) ?? 0) + 1;
  revisions.set(id, revision);
  const isDeleted = dice.random() < 0.1;
  const text = dice.text(textLength(revision, dice));
  const entry =
    kind === 'device' ? device(id, revision, isDeleted, text) : configuration(id, revision, isDeleted, text);
  const patches = Array.from({ length: dice.below(4) }, () => dice.text(dice.random() < 0.1 ? 3_000 : dice.below(200)));
  return { kind, id, entry, changes: () => patches.map((patch) => change(kind, id, revision, at, patch)) };
}

/** Grows with every write, and sometimes spans many pages. */
function textLength(revision: number, { random, below }: Dice): number {
  return random() < 0.08 ? 4_000 + below(36_000) : 20 + Math.min(2_000, 50 * revision) + below(100);
}

function device(id: string, revision: number, isDeleted: boolean, text: string): Entries['device'] {
  const versions = { desiredVersion: revision, reportedVersion: revision };
  if (isDeleted) return { id, deleted: true, revision, ...versions };
  const record: DeviceRecord = {
    id,
    tags: { site: text.slice(0, 3) },
    enabled: true,
    credential: `$sha256$${text.slice(0, 8)}$`,
    createdAt: 0,
    revision,
    ownDesired: { n: revision },
    desired: { n: revision, text: text.slice(0, 50) },
    bornVersion: 0,
    trail: [],
    configurations: [],
    reported: { text },
    connected: revision % 2 === 0,
    ...versions,
  };
  return record;
}

function configuration(id: string, revision: number, isDeleted: boolean, text: string): Entries['configuration'] {
  if (isDeleted) return { id, deleted: true, created: revision, revision };
  const content = { targetCondition: `tags.n = ${revision}`, desiredProperties: { text }, priority: 1, enforce: false };
  const record: ConfigurationRecord = {
    id,
    ...content,
    created: revision,
    createdAt: 0,
    updatedAt: revision,
    enabled: true,
    labels: {},
    generation: revision,
    contentGeneration: revision,
    revision,
    progressRevision: 0,
    history: [{ ...content, generation: revision, contentGeneration: revision, writtenAt: 0 }],
  };
  return record;
}

function change(kind: EntryKind, id: string, revision: number, at: number, text: string): NewChange {
  const time = new Date(at).toISOString();
  if (kind === 'device')
    return { kind: 'reported', device: id, data: { version: revision, patch: { text }, at: time } };
  return { kind: 'configuration', configuration: id, data: { change: 'replaced', generation: revision, at: time } };
}
