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

/** Ways to break the rig on purpose: each must be found out. */
export const BREAKAGES = ['skipped-syncs', 'lying-disk'] as const;
export type Breakage = (typeof BREAKAGES)[number];

export interface RoundOptions {
  /** A folder of its own, which is there. Images with faults are left in it. */
  readonly folder: string;
  readonly seed: number;
  readonly bursts: number;
  /** `skipped-syncs`: the kernel is not asked; `lying-disk`: it is, but nothing is on disk by it. */
  readonly breakage: Breakage | undefined;
}

export interface RoundResult {
  readonly images: Readonly<Record<SurvivalKind, number>>;
  readonly boundaries: number;
  /** How often an acknowledged write was looked for. */
  readonly writesChecked: number;
  readonly writes: number;
  readonly faults: readonly string[];
}

const FAULTY_IMAGES_MAX = 3;
const LOCK_BYTES = 8_272;

/** Records a load, and opens what crashes at its sync boundaries and in between would have left. */
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

/** What was recorded is everything that was done: rebuilt from it, the files are what they are. */
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

/** As if the disk had said that something is on it when it was not, ever since there was something to lose. */
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

  /** A crash that leaves the same, when nothing more was promised meanwhile, is no other crash. */
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

  /** LMDB never syncs it: it may be missing, empty, of zeros, full of anything, or as it was. */
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
