import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { seededRandom } from '../load/seeded-random.js';
import { type CrashPoint, crashPoints } from './crash-points.js';
import { Disk, type DiskImage } from './disk.js';
import { type DiskEvent, firstAcknowledgement, isSyncBoundary } from './disk-event.js';
import { ImageChecker } from './image-checker.js';
import { NOTHING_PROMISED, type Promised, promisedAfter } from './mark.js';
import { type Recording, recordLoad, STORE_FOLDER } from './record-load.js';
import { type SurvivalKind, survivalOf } from './survival.js';

/** Ways to break the rig on purpose. Each must be detected. */
export const BREAKAGES = ['skipped-syncs', 'lying-disk'] as const;
export type Breakage = (typeof BREAKAGES)[number];

export interface RoundOptions {
  /** An existing folder for this round. Images with faults stay in it. */
  readonly folder: string;
  readonly seed: number;
  readonly bursts: number;
  /** `skipped-syncs`: the kernel is not asked to sync. `lying-disk`: it is, but the data is not on disk afterwards. */
  readonly breakage: Breakage | undefined;
}

export interface RoundResult {
  readonly images: Readonly<Record<SurvivalKind, number>>;
  readonly boundaries: number;
  /** Number of checks for an acknowledged write. */
  readonly writesChecked: number;
  readonly writes: number;
  readonly faults: readonly string[];
}

const FAULTY_IMAGES_MAX = 3;
const LOCK_BYTES = 8_272;

/** Records a load, and opens the images that crashes at and between its sync boundaries would leave. */
export async function crashRound({ folder, seed, bursts, breakage }: RoundOptions): Promise<RoundResult> {
  const recording = await recordLoad({ folder, seed, bursts, skipsSyncs: breakage === 'skipped-syncs' });
  mustBeWhole(recording);
  const checker = new ImageChecker(seed, bursts);
  const round = new CrashRound(folder, seed, checker);
  const events = breakage === 'lying-disk' ? withoutSyncs(recording.events) : recording.events;
  try {
    await round.run(events, crashPoints(recording.events, seededRandom(seed)));
  } finally {
    await checker.close();
  }
  const boundaries = recording.events.filter(isSyncBoundary).length;
  return { boundaries, ...round.result() };
}

/** Throws unless the recording is complete: files rebuilt from it must equal the real ones. */
function mustBeWhole({ events, root }: Recording): void {
  const disk = new Disk();
  for (const event of events) disk.apply(event);
  const rebuilt = disk.image(survivalOf('all', () => 0)).files;
  const names = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !isLock(path));
  const isWhole =
    paths.length === rebuilt.size && paths.every((path) => rebuilt.get(path)?.equals(readFileSync(join(root, path))));
  if (!isWhole) throw new Error('the recording does not lead to the files as they are: something was not seen');
}

function isLock(path: string): boolean {
  return path.endsWith('lock.mdb');
}

/** Fakes every sync from the first acknowledgement on. */
function withoutSyncs(events: readonly DiskEvent[]): DiskEvent[] {
  const started = firstAcknowledgement(events);
  return events.map((event, index): DiskEvent => {
    if (index < started) return event;
    if (event.type === 'write-ended') return { ...event, isSynced: false };
    return event.type === 'sync-ended' ? { type: 'sync-faked', call: event.call } : event;
  });
}

class CrashRound {
  readonly #folder: string;
  readonly #checker: ImageChecker;
  readonly #random: () => number;
  readonly #disk = new Disk();
  readonly #seen = new Set<string>();
  readonly #images = { none: 0, all: 0, some: 0, torn: 0 };
  readonly #faults: string[] = [];
  #promised = NOTHING_PROMISED;
  #writesChecked = 0;

  constructor(folder: string, seed: number, checker: ImageChecker) {
    this.#folder = folder;
    this.#checker = checker;
    this.#random = seededRandom(seed + 1);
  }

  async run(events: readonly DiskEvent[], points: readonly CrashPoint[]): Promise<void> {
    let applied = 0;
    for (const point of points) {
      for (const event of events.slice(applied, point.index)) this.#apply(event);
      applied = point.index;
      if (this.#faults.length < FAULTY_IMAGES_MAX) await this.#crash(point);
    }
  }

  result(): Omit<RoundResult, 'boundaries'> {
    const { acknowledged: writes } = this.#promised;
    return { images: this.#images, writesChecked: this.#writesChecked, writes, faults: this.#faults };
  }

  #apply(event: DiskEvent): void {
    this.#disk.apply(event);
    if (event.type === 'mark') this.#promised = promisedAfter(this.#promised, event.mark);
  }

  async #crash({ index, kind }: CrashPoint): Promise<void> {
    const image = this.#disk.image(survivalOf(kind, this.#random));
    const promised = this.#promised;
    if (!this.#isNew(image, promised)) return;
    this.#images[kind] += 1;
    this.#writesChecked += promised.acknowledged;
    const folder = join(this.#folder, `image-${index}-${kind}`);
    this.#put(image, folder);
    const faults = await this.#checker.faultsOf(join(folder, STORE_FOLDER), promised);
    if (faults.length > 0) this.#faults.push(`${folder}: ${faults.slice(0, 3).join('; ')}`);
    rmSync(folder, { recursive: true });
    if (faults.length > 0) this.#put(image, folder);
  }

  /** A crash with the same image and the same acknowledgements as an earlier one is skipped. */
  #isNew({ files, directories }: DiskImage, promised: Promised): boolean {
    const hash = createHash('sha1').update(JSON.stringify([promised, ...directories]));
    for (const [path, bytes] of files) hash.update(`${path} ${bytes.length} `).update(bytes);
    const key = hash.digest('hex');
    const isNew = !this.#seen.has(key);
    this.#seen.add(key);
    return isNew;
  }

  #put({ files, directories }: DiskImage, folder: string): void {
    for (const path of directories) mkdirSync(join(folder, path), { recursive: true });
    for (const [path, bytes] of files) writeFileSync(join(folder, path), bytes);
    if (directories.has(STORE_FOLDER)) this.#putLock(join(folder, STORE_FOLDER, 'lock.mdb'));
  }

  /** LMDB never syncs the lock file: it may be missing, empty, zeroed, random, or intact. */
  #putLock(path: string): void {
    const was = join(this.#folder, 'root', STORE_FOLDER, 'lock.mdb');
    const noise = () => Buffer.from(Array.from({ length: LOCK_BYTES }, () => this.#random() * 256));
    const states = [
      () => undefined,
      () => Buffer.alloc(0),
      () => Buffer.alloc(LOCK_BYTES),
      noise,
      () => readFileSync(was),
    ];
    const bytes = states[Math.floor(this.#random() * states.length)]?.();
    if (bytes) writeFileSync(path, bytes);
  }
}
