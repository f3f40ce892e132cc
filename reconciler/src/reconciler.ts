import { type ConditionIndex, ScanIndex } from '@muster/conditions';
import { type Change, type ConfigurationRecord, followChanges, type Registry } from '@muster/registry';
import {
  assertNever,
  type Cancel,
  type Clock,
  type ConfigurationCounts,
  type ConfigurationInput,
  type ExplainView,
  LIMITS,
  type Log,
  type PreviewView,
} from '@muster/twin';
import { bookEntry, ConfigurationBook } from './configuration-book.js';
import { explainDevice } from './explain-device.js';
import { Preview } from './preview.js';
import { Queue } from './queue.js';
import { resolveDevice } from './resolve-device.js';
import { Slicer } from './slicer.js';
import { StatusNews } from './status-news.js';
import { subjectOf } from './subject.js';
import { Sweep } from './sweep.js';
import { Tally } from './tally.js';
import { Worker } from './worker.js';

export interface ReconcilerParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  readonly index?: ConditionIndex;
  readonly sweepIntervalMs?: number;
}

/**
 * Keeps every twin at what its layers say. It is told which devices a change may touch, and looks at the truth
 * of each of them; nothing it is told is ever taken for the truth.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #book: ConfigurationBook;
  readonly #tally = new Tally();
  readonly #connected = new Set<string>();
  readonly #worker: Worker;
  readonly #news: StatusNews;
  readonly #sweep: Sweep;
  readonly #cancels: Cancel[] = [];
  #scans = 0;
  #scansDone: Promise<void> = Promise.resolve();

  /** Resolves when everything stored is known; bringing devices along goes on behind. */
  static async start(parts: ReconcilerParts): Promise<Reconciler> {
    const reconciler = new Reconciler(parts);
    await reconciler.#load();
    return reconciler;
  }

  private constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#book = new ConfigurationBook(parts.index ?? new ScanIndex());
    this.#worker = new Worker({
      queue: new Queue(),
      clock: parts.clock,
      log: parts.log,
      isQuiet: () => this.#scans === 0,
      reconcile: (id) => this.#reconcile(id),
    });
    this.#news = new StatusNews(parts.clock, this.#tally, (id) => this.#book.get(id) !== undefined);
    this.#sweep = new Sweep({
      registry: parts.registry,
      clock: parts.clock,
      intervalMs: parts.sweepIntervalMs ?? LIMITS.sweepIntervalMs,
      devices: () => this.#tally.devices,
      visit: (id) => this.#worker.add(id, 'sweep', false),
      failed: (error) => parts.log('error', 'the sweep failed', { error }),
    });
  }

  get counters(): Readonly<Record<string, number>> {
    return { ...this.#worker.counters, configurations: this.#book.size, devices: this.#tally.devices };
  }

  status(configuration: string): ConfigurationCounts {
    return this.#tally.status(configuration);
  }

  /** Hears the counts of every configuration soon after they changed; undefined when it was deleted. */
  onStatus(listener: (configuration: string, counts: ConfigurationCounts | undefined) => void): Cancel {
    return this.#news.listen(listener);
  }

  async explain(device: string): Promise<ExplainView> {
    return explainDevice(await this.#parts.registry.mustReadDevice(device), this.#book.entries());
  }

  /** Judges every device in slices; the fleet may move meanwhile. */
  async preview(id: string | undefined, input: ConfigurationInput): Promise<PreviewView> {
    const stored = id === undefined ? undefined : this.#book.get(id);
    const candidate = bookEntry(candidateRecord(id ?? 'preview', input, stored?.record));
    const preview = new Preview(candidate, stored);
    const slicer = new Slicer(this.#parts.clock);
    for await (const record of this.#parts.registry.devices()) {
      preview.visit(record, this.#book.layersFor(subjectOf(record)));
      await slicer.pause();
    }
    return preview.view();
  }

  /** Resolves once nothing waits any more: for tests, benchmarks and an orderly stop. */
  async idle(): Promise<void> {
    do {
      await this.#scansDone;
      await this.#worker.idle();
    } while (this.#scans > 0 || !this.#worker.isIdle);
  }

  async stop(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    this.#sweep.stop();
    this.#news.stop();
    await this.#worker.stop();
    await this.#scansDone;
  }

  async #load(): Promise<void> {
    const { registry, log } = this.#parts;
    const { head } = await registry.changes(Number.MAX_SAFE_INTEGER, 0);
    for await (const record of registry.configurations()) this.#learn(record);
    this.#cancels.push(registry.observe((before, after) => this.#news.change(before, after)));
    const slicer = new Slicer(this.#parts.clock);
    for await (const record of registry.devices()) {
      this.#tally.change(undefined, record);
      if (record.connected) this.#connected.add(record.id);
      this.#worker.add(record.id, 'start', record.connected);
      await slicer.pause();
    }
    this.#cancels.push(
      followChanges(registry, head, (changes) => this.#watch(changes), {
        missed: () => this.#lookAtAll(),
        failed: (error) => log('error', 'the reconciler could not follow the changes', { error }),
      }),
    );
    this.#sweep.start();
  }

  #learn(record: ConfigurationRecord): void {
    this.#book.put(record);
    this.#news.touch(record.id);
  }

  /** Change -> device ids. */
  async #watch(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      switch (change.kind) {
        case 'device':
          if (change.data.change === 'deleted') this.#connected.delete(change.device);
          else this.#wake(change.device);
          break;
        case 'reported':
          if (this.#book.readsReported(change.data.patch)) this.#wake(change.device);
          break;
        case 'presence':
          if (change.data.connected) this.#connected.add(change.device);
          else this.#connected.delete(change.device);
          break;
        case 'configuration':
          await this.#configurationChanged(change.configuration);
          break;
        case 'desired':
        case 'acknowledged':
          break;
        default:
          assertNever(change);
      }
    }
  }

  #wake(id: string): void {
    this.#worker.add(id, 'change', this.#connected.has(id));
  }

  async #configurationChanged(id: string): Promise<void> {
    const record = await this.#parts.registry.readConfiguration(id);
    if (record) this.#learn(record);
    else this.#book.remove(id);
    this.#news.touch(id);
    this.#scan((): Promise<void> => this.#findTouched(id));
  }

  /** Who matches now, and who has it as a layer; those that are connected first. */
  async #findTouched(id: string): Promise<void> {
    const { registry, clock } = this.#parts;
    const slicer = new Slicer(clock);
    const entry = this.#book.get(id);
    const isTouched = (record: { configurations: readonly { id: string }[] } & Parameters<typeof subjectOf>[0]) =>
      record.configurations.some((one) => one.id === id) ||
      (entry?.record.enabled === true && entry.condition.test(subjectOf(record)) === true);
    for (const device of [...this.#connected]) {
      const record = await registry.readDevice(device);
      if (record && isTouched(record)) this.#wake(device);
      await slicer.pause();
    }
    for await (const record of registry.devices()) {
      if (!this.#connected.has(record.id) && isTouched(record)) this.#wake(record.id);
      await slicer.pause();
    }
  }

  async #lookAtAll(): Promise<void> {
    this.#parts.log('warn', 'changes were trimmed before they were read: looking at every device');
    this.#scan(async () => {
      for await (const { id } of this.#parts.registry.devices()) this.#wake(id);
    });
  }

  /** One scan after the other, beside the reading of changes. */
  #scan(work: () => Promise<void>): void {
    this.#scans += 1;
    this.#scansDone = this.#scansDone
      .then(work)
      .catch((error) => this.#parts.log('error', 'a scan of the devices failed', { error }))
      .finally(() => {
        this.#scans -= 1;
      });
  }

  #reconcile(id: string): Promise<boolean> {
    return this.#parts.registry.setDesired(id, (record) =>
      resolveDevice(record, this.#book.layersFor(subjectOf(record))),
    );
  }
}

/** The configuration as it would be stored: an edit keeps its place, a new one is the newest. */
function candidateRecord(
  id: string,
  input: ConfigurationInput,
  stored: ConfigurationRecord | undefined,
): ConfigurationRecord {
  return {
    id,
    targetCondition: input.targetCondition,
    desiredProperties: input.desiredProperties,
    priority: input.priority ?? 0,
    enforce: input.enforce ?? false,
    enabled: input.enabled ?? true,
    labels: input.labels ?? {},
    created: stored?.created ?? Number.MAX_SAFE_INTEGER,
    createdAt: 0,
    updatedAt: 0,
    generation: (stored?.generation ?? 0) + 1,
    revision: 0,
    history: [],
  };
}
