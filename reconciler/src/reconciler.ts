import type { ConfigurationCounts, ConfigurationInput, ExplainView, PreviewView, RolloutView } from '@muster/api';
import { type Candidates, type Condition, type ConditionIndex, KeyIndex, type Plan } from '@muster/conditions';
import {
  type AppliedConfiguration,
  type ConfigurationRecord,
  type DeviceEntry,
  isLive,
  type Registry,
} from '@muster/registry';
import { type Cancel, LIMITS, type Log, type SteadyClock, TwinError } from '@muster/twin';
import { ConfigurationBook } from './configuration-book.js';
import { configurationStatus } from './configuration-status.js';
import { DeviceJudge } from './device-judge.js';
import type { FlapBound } from './flap-damping.js';
import { Fleet } from './fleet.js';
import { Previewer } from './previewer.js';
import { Rollouts } from './rollouts.js';
import { Scans } from './scans.js';
import { Slicer } from './slicer.js';
import { Stances } from './stances.js';
import { StatusNews } from './status-news.js';
import { Sweep } from './sweep.js';
import { Tally } from './tally.js';
import { commonContent, touchedBy } from './touched.js';
import { Waker } from './waker.js';
import { Watch } from './watch.js';
import { Worker } from './worker.js';

export interface ReconcilerParts {
  readonly registry: Registry;
  readonly clock: SteadyClock;
  readonly log: Log;
  readonly index?: ConditionIndex;
  readonly sweepIntervalMs?: number;
  /** Whoever enters and leaves a configuration more often is held where it is; left away: nobody. */
  readonly flapBound?: FlapBound;
  /** Told often while the fleet is read: how many devices were read so far. */
  readonly progress?: (devicesRead: number) => void;
  /** Ends a start that is not through: it rejects with the reason, and nothing goes on behind. */
  readonly signal?: AbortSignal;
}

const PROGRESS_EVERY = 500;

/**
 * Keeps every twin at what its layers say. It is told which devices a change may touch, and looks at the truth
 * of each of them; nothing it is told is ever taken for the truth.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #book: ConfigurationBook;
  readonly #tally = new Tally();
  readonly #connected = new Set<string>();
  readonly #watch: Watch;
  readonly #worker: Worker;
  readonly #waker: Waker;
  readonly #rollouts: Rollouts;
  readonly #judge: DeviceJudge;
  /** Scans for the devices that a configuration touches, by its id. */
  readonly #touched: Scans<string>;
  /** Scans for all devices, by the cause. */
  readonly #everybody: Scans<'start' | 'change'>;
  readonly #stances = new Stances();
  readonly #news: StatusNews;
  readonly #sweep: Sweep;
  readonly #fleet: Fleet;
  readonly #previewer: Previewer;
  #missed = 0;
  #isStopped = false;
  #forget: Cancel = () => {};

  /**
   * Resolves when everything stored is known; bringing devices along goes on behind. Others may write meanwhile,
   * but what they began to write before must be on disk, or it is not counted.
   */
  static async start(parts: ReconcilerParts): Promise<Reconciler> {
    const { signal } = parts;
    signal?.throwIfAborted();
    const reconciler = new Reconciler(parts);
    const abort = (): void => void reconciler.stop();
    signal?.addEventListener('abort', abort);
    try {
      await reconciler.#load();
      signal?.throwIfAborted();
    } catch (error) {
      await reconciler.stop();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    return reconciler;
  }

  private constructor(parts: ReconcilerParts) {
    const { registry, clock, log, index = new KeyIndex(), sweepIntervalMs = LIMITS.sweepIntervalMs } = parts;
    this.#parts = parts;
    this.#fleet = new Fleet({ registry, clock, log });
    this.#book = new ConfigurationBook(index, this.#fleet);
    this.#rollouts = new Rollouts({
      ...{ registry, clock, log, fleet: this.#fleet },
      entryOf: (id) => this.#book.get(id),
      wake: (id) => this.#worker.add(id, 'change'),
      room: () => (this.#worker.hasRoom ? undefined : this.#worker.room()),
      touched: (id) => this.#news.touch(id),
      matchedOf: (record) => this.status(record.id, record).matched,
      generationsOf: (record) => this.#generationsOf(record),
    });
    this.#judge = new DeviceJudge({
      ...{ registry, clock, log, book: this.#book, rollouts: this.#rollouts, flapBound: parts.flapBound },
      wake: (id) => this.#worker.add(id, 'change'),
    });
    this.#worker = new Worker({
      ...{ clock, log },
      isUrgent: (id) => this.#connected.has(id),
      reconcile: (id) => this.#judge.reconcile(id),
      edition: () => this.#book.edition,
      caughtUp: () => this.#mustBeCaughtUp(),
    });
    this.#waker = new Waker({
      ...{ registry, clock, connected: this.#connected },
      isDue: (record) => this.#judge.isDue(record),
      wake: (id, cause) => this.#worker.add(id, cause),
      hasRoom: () => this.#worker.hasRoom,
      room: () => this.#worker.room(),
    });
    this.#touched = new Scans({
      ...{ clock, log },
      scan: (ids) => this.#findTouched(ids),
      // Their status was told as if nobody were brought along, and may be another although no device changes.
      scanned: (ids) => {
        for (const id of ids) this.#news.touch(id);
      },
    });
    this.#everybody = new Scans({
      ...{ clock, log },
      scan: (causes) => this.#waker.wakeAll(causes.has('change') ? 'change' : 'start'),
    });
    this.#news = new StatusNews({
      clock,
      tally: this.#tally,
      status: (id) => (this.#book.get(id) ? this.status(id) : undefined),
    });
    this.#watch = this.#makeWatch();
    this.#previewer = new Previewer({
      ...{ registry, clock, fleet: this.#fleet, standing: this.#judge },
      devices: () => this.#tally.devices,
      caughtUp: () => this.#watch.caughtUp(),
    });
    this.#sweep = new Sweep({
      ...{ registry, clock, log },
      intervalMs: sweepIntervalMs,
      devices: () => this.#tally.devices,
      begin: () => this.#checkBook(),
      visit: (record) => {
        this.#rollouts.attend(record);
        if (this.#judge.isDue(record)) this.#worker.add(record.id, 'sweep');
      },
    });
  }

  /** Devices that the registry has as connected. */
  get connected(): ReadonlySet<string> {
    return this.#connected;
  }

  /** `repaired` counts what only the sweep found: devices, and configurations too. It should stay at 0. */
  get counters(): Readonly<Record<string, number>> {
    const { repaired = 0, ...counters } = this.#worker.counters;
    return {
      ...counters,
      ...this.#fleet.counters,
      ...this.#judge.counters,
      repaired: repaired + this.#missed,
      swept: this.#sweep.visited,
      configurations: this.#book.size,
      scannedConfigurations: this.#book.scanned,
      devices: this.#tally.devices,
    };
  }

  /**
   * How a configuration stands. Who has just read the record passes it as `stored`, and is never told of the
   * generation before, which devices may all have applied.
   */
  status(configuration: string, stored = this.#book.get(configuration)?.record): ConfigurationCounts {
    if (stored === undefined) return this.#tally.status(configuration);
    const known = this.#book.get(configuration)?.record.generation === stored.generation;
    const live = this.#rollouts.get(configuration);
    const isSame = live?.record.created === stored.created && live.progress.key === stored.progress?.key;
    const isHeard = known && !this.#touched.isDue(configuration);
    return configurationStatus(this.#tally, stored, isHeard, isSame ? live : undefined);
  }

  /** How its rollout stands, undefined if it has none and had none; who has just read the record passes it. */
  async rolloutStatus(record: ConfigurationRecord): Promise<RolloutView | undefined> {
    return this.#rollouts.view(record);
  }

  /** The current generation of what a device has, where only its condition was edited since. */
  generationOf({ id, created, generation }: Pick<AppliedConfiguration, 'id' | 'created' | 'generation'>): number {
    const record = this.#book.get(id)?.record;
    if (record?.created !== created) return generation;
    const known = [record, ...(record.stable ? [record.stable] : [])];
    return known.find(({ sinceGeneration }) => sinceGeneration === generation)?.generation ?? generation;
  }

  #generationsOf(record: ConfigurationRecord): RolloutView['generations'] {
    return this.#tally
      .editions(record.id)
      .filter(({ created }) => created === record.created)
      .map((one) => ({ generation: this.generationOf({ ...one, id: record.id }), devices: one.devices }))
      .sort((left, right) => right.generation - left.generation);
  }

  /** Hears the counts of every configuration soon after they changed; undefined when it was deleted. */
  onStatus(listener: (configuration: string, counts: ConfigurationCounts | undefined) => void): Cancel {
    return this.#news.listen(listener);
  }

  async explain(device: string): Promise<ExplainView> {
    const explanation = this.#judge.explanationOf(await this.#parts.registry.mustReadDevice(device));
    const slicer = new Slicer(this.#parts.clock);
    for (const entry of this.#book.entries()) {
      explanation.visit(entry);
      await slicer.pause();
    }
    return explanation.view();
  }

  /** The devices of which a condition is TRUE, or may be: those who read them ask it again. */
  async find(condition: Condition): Promise<Candidates> {
    await this.#fleet.prepare([condition]);
    return this.#fleet.find([condition]);
  }

  /** How `find` finds them. */
  plan(condition: Condition): Plan {
    return this.#fleet.plan(condition);
  }

  /** What storing the configuration would do; without an id it would be a new one. */
  async preview(id: string | undefined, input: ConfigurationInput): Promise<PreviewView> {
    return this.#previewer.preview(id, input);
  }

  /** As `preview`, over what the caller has read: exact for that, whatever has become of the configuration since. */
  async previewOver(...asked: Parameters<Previewer['previewOver']>): Promise<PreviewView> {
    return this.#previewer.previewOver(...asked);
  }

  /** As `previewOver`, of what a configuration would be with its rollout as it would stand, not of the end of it. */
  async previewRecord(stored: ConfigurationRecord, candidate: ConfigurationRecord): Promise<PreviewView> {
    return this.#previewer.previewRecord(stored, candidate);
  }

  /**
   * Resolves once every change that is on disk was brought to the devices it touches: for tests, benchmarks and
   * an orderly stop. What failed and rests before it is tried again is not waited for.
   */
  async idle(): Promise<void> {
    do {
      await this.#sweep.idle();
      await this.#caughtUp();
      await this.#worker.idle();
      await this.#rollouts.idle();
      await this.#caughtUp();
    } while (!this.#isIdle);
  }

  get #isIdle(): boolean {
    const scans = [this.#touched, this.#everybody, this.#fleet, this.#rollouts];
    return this.#worker.isIdle && scans.every(({ isIdle }) => isIdle);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waker.stop();
    this.#judge.stop();
    this.#news.stop();
    await Promise.all([this.#rollouts.stop(), this.#watch.stop(), this.#sweep.stop(), this.#worker.stop()]);
    this.#forget();
    await Promise.all([this.#touched.stop(), this.#everybody.stop(), this.#fleet.stop()]);
  }

  /** Each device is judged when it is met. Where too many are due to wait in memory, a walk of its own finds the rest. */
  async #load(): Promise<void> {
    this.#forget = this.#parts.registry.observe((before, after) => this.#count(before, after));
    let isRestDue = false;
    let read = 0;
    await this.#watch.start((record) => {
      if (read === 0) this.#hearBook();
      if (this.#fleet.meet(record)) this.#tell(undefined, record);
      if (this.#judge.meet(record)) {
        if (this.#worker.hasRoom) this.#worker.add(record.id, 'start');
        else isRestDue = true;
      }
      read += 1;
      if (read % PROGRESS_EVERY === 0) this.#parts.progress?.(read);
    });
    if (this.#isStopped) return;
    this.#fleet.complete();
    this.#hearBook();
    this.#rollouts.start();
    if (isRestDue) this.#everybody.add('start');
    // What the first walk finds was not missed by anybody, so the sweep must not come before it.
    void this.#everybody.idle().then(() => this.#sweep.start());
  }

  /** While the fleet is read for the first time a device is counted when it is met first, be it read or changed. */
  #count(before: DeviceEntry | undefined, after: DeviceEntry): void {
    // Rollouts know by its number who waits, which the fleet gives to another device.
    if (!isLive(after)) this.#rollouts.forget(after.id);
    this.#tell(this.#hear(before, after) ? before : undefined, after);
  }

  #tell(before: DeviceEntry | undefined, after: DeviceEntry): void {
    this.#news.change(before, after);
    this.#rollouts.change(before, after);
  }

  /** A bug of the index must not fail who writes: the sweep puts right what it then misses. */
  #hear(before: DeviceEntry | undefined, after: DeviceEntry): boolean {
    try {
      return this.#fleet.change(before, after);
    } catch (error) {
      this.#parts.log('error', 'the index of devices does not fit what is stored', { device: after.id, error });
      return true;
    }
  }

  #makeWatch(): Watch {
    const { registry, clock, log } = this.#parts;
    const listener = {
      deviceTouched: (id: string) => this.#worker.add(id, 'change'),
      deviceConnected: (id: string) => this.#worker.bringForward(id),
      configurationTouched: (id: string) => {
        this.#rollouts.hear(id);
        this.#news.touch(id);
        if (this.#stances.isNews(id, this.#book.get(id))) this.#touched.add(id);
      },
      everythingTouched: () => {
        this.#hearBook();
        this.#rollouts.gatherAnew();
        this.#stances.forget();
        this.#worker.acquitAll();
        this.#everybody.add('change');
      },
    };
    return new Watch({ registry, clock, log, book: this.#book, connected: this.#connected, listener });
  }

  #hearBook(): void {
    for (const id of this.#book.ids()) {
      this.#rollouts.hear(id);
      this.#news.touch(id);
    }
  }

  async #findTouched(ids: ReadonlySet<string>): Promise<void> {
    for (const id of ids) {
      const entry = this.#book.get(id);
      const asked = entry && commonContent(entry);
      if (asked) await this.#fleet.prepare([asked.condition]);
      for (const touched of touchedBy(this.#fleet, id, this.#book.get(id))) await this.#waker.wakeTouched(touched);
    }
  }

  /** Every change that was on disk has led to the devices it touches, at least into the queue. */
  async #caughtUp(): Promise<void> {
    await this.#watch.caughtUp();
    await this.#touched.idle();
    await this.#everybody.idle();
    await this.#fleet.idle();
  }

  /** Rejects where a scan that failed is still to be made again: it may lead to anybody. */
  async #mustBeCaughtUp(): Promise<void> {
    await this.#caughtUp();
    if (!this.#everybody.isAnyDue && !this.#touched.isAnyDue) return;
    throw new TwinError('unavailable', 'a scan of the devices that failed is not made again yet');
  }

  async #checkBook(): Promise<void> {
    const missed = await this.#watch.check();
    if (missed === 0) return;
    this.#missed += missed;
    this.#parts.log('warn', 'the sweep found configurations that no change had told of', { configurations: missed });
  }
}
