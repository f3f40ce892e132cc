import type { ConfigurationCounts, ExplainView, PreviewView, RolloutView } from '@muster/api';
import { type Candidates, type Condition, type ConditionIndex, KeyIndex, type Plan } from '@muster/conditions';
import {
  type ConfigurationAssignment,
  type ConfigurationRecord,
  type DeviceEntry,
  type DeviceRecord,
  isLive,
  type Registry,
} from '@muster/registry';
import { type Cancel, LIMITS, type Log, type SteadyClock, TwinError } from '@muster/twin';
import { ConfigurationCache } from './cache/configuration-cache.js';
import { type DeviceEffect, DeviceReconciler } from './device-reconciler.js';
import { affectedBy, commonContent } from './fleet/affected.js';
import { Fleet } from './fleet/fleet.js';
import { type PlannedWrite, Previewer } from './preview/previewer.js';
import { Rollouts } from './rollout-controller/rollouts.js';
import type { FlapBound } from './stability/flap-damping.js';
import { OscillationDetector } from './stability/oscillation-detector.js';
import { configurationStatus } from './status/configuration-status.js';
import { StatusCounter } from './status/status-counter.js';
import { StatusPublisher } from './status/status-publisher.js';
import { FleetWalker } from './watch/fleet-walker.js';
import { Resync } from './watch/resync.js';
import { Watch, type WatchListener } from './watch/watch.js';
import { CoalescingJob } from './workqueue/coalescing-job.js';
import type { Signals } from './workqueue/signals.js';
import { Slicer } from './workqueue/slicer.js';
import { Worker } from './workqueue/worker.js';

export interface ControllerParts {
  readonly registry: Registry;
  readonly clock: SteadyClock;
  readonly log: Log;
  /** Creates an empty index; default: a `KeyIndex`. */
  readonly openIndex?: () => ConditionIndex;
  readonly sweepIntervalMs?: number;
  /** Devices that enter and leave a configuration more often are held where they are. Default: no bound. */
  readonly flapBound?: FlapBound;
  /** Called often during the first read, with the number of devices read so far. */
  readonly progress?: (devicesRead: number) => void;
  /** A bug: the state of this controller may be wrong. Start a new one. */
  readonly failed: (error: unknown) => void;
}

const PROGRESS_EVERY = 500;

/** Wires the parts of the reconciler: entries come in through the watch and lead to the worker, counts and rollouts. */
export class Controller {
  readonly #parts: ControllerParts;
  readonly #cache: ConfigurationCache;
  readonly #counter = new StatusCounter();
  readonly #connected = new Set<string>();
  readonly #watch: Watch;
  readonly #worker: Worker<DeviceEffect>;
  readonly #walker: FleetWalker;
  readonly #rollouts: Rollouts;
  readonly #devices: DeviceReconciler;
  readonly #oscillations: OscillationDetector;
  /** Searches for devices that a configuration affects, by its id. */
  readonly #affected: CoalescingJob<string>;
  /** Walks over all devices, by cause. */
  readonly #everybody: CoalescingJob<'start' | 'change'>;
  readonly #publisher: StatusPublisher;
  readonly #resync: Resync;
  readonly #fleet: Fleet;
  readonly #signals: Signals = {
    wake: (id, cause = 'change') => this.#worker.add(id, cause),
    room: () => (this.#worker.hasRoom ? undefined : this.#worker.room()),
    statusChanged: (id) => this.#publisher.statusChanged(id),
  };
  readonly #previewer: Previewer;
  #missed = 0;
  #read = 0;
  /** Whether more devices were due during the first read than may wait in memory; a second walk finds them. */
  #isRestDue = false;
  #isStopped = false;

  constructor(parts: ControllerParts) {
    const { registry, clock, log, openIndex = () => new KeyIndex(), sweepIntervalMs = LIMITS.sweepIntervalMs } = parts;
    this.#parts = parts;
    this.#fleet = new Fleet({ clock, log, walk: (visit) => this.#watch.walkDevices(visit) });
    this.#cache = new ConfigurationCache(openIndex(), this.#fleet);
    this.#rollouts = new Rollouts({
      ...{ registry, clock, log, fleet: this.#fleet },
      ...this.#signals,
      entryOf: (id) => this.#cache.get(id),
      matchedOf: (record) => this.status(record.id, record).matched,
      generationsOf: (record) => this.#generationsOf(record),
    });
    this.#oscillations = new OscillationDetector(parts);
    this.#devices = new DeviceReconciler({
      ...{ registry, clock, log, cache: this.#cache, rollouts: this.#rollouts, flapBound: parts.flapBound },
      wake: this.#signals.wake,
      remarkOn: (device, configuration) => this.#oscillations.remarkOn(device, configuration),
    });
    this.#worker = new Worker({
      ...{ clock, log },
      isUrgent: (id) => this.#connected.has(id),
      prefetch: (ids) => registry.devices.prefetch(ids),
      reconcile: (id) => this.#devices.reconcile(id),
      reconciled: (outcome, isOutdated) => this.#devices.reconciled(outcome, isOutdated),
      version: () => this.#cache.version,
      caughtUp: () => this.#mustBeCaughtUp(),
    });
    this.#walker = new FleetWalker({
      ...{ registry, clock, connected: this.#connected },
      isDue: (record) => this.#devices.isDue(record),
      ...this.#signals,
    });
    this.#affected = new CoalescingJob({
      ...{ clock, log },
      run: (ids) => this.#findAffected(ids),
      // Their status was published as if no device were up to date; publish it again even if no device changes.
      done: (ids) => {
        for (const id of ids) this.#publisher.statusChanged(id);
      },
    });
    this.#everybody = new CoalescingJob({
      ...{ clock, log },
      run: (causes) => this.#walker.wakeAll(causes.has('change') ? 'change' : 'start'),
    });
    this.#publisher = new StatusPublisher({
      clock,
      counter: this.#counter,
      status: (id) => (this.#cache.get(id) ? this.status(id) : undefined),
    });
    this.#watch = this.#makeWatch();
    this.#previewer = new Previewer({
      ...{ registry, clock, fleet: this.#fleet, current: this.#devices },
      entryOf: (id) => this.#cache.get(id),
    });
    this.#resync = new Resync({
      ...{ clock, log },
      walkPage: (after, limit, visit) => this.#watch.walkPage(after, limit, visit),
      intervalMs: sweepIntervalMs,
      devices: () => this.#counter.devices,
      begin: () => this.#checkCache(),
      visit: (record) => {
        this.#rollouts.reschedule(record);
        if (this.#devices.isDue(record)) this.#worker.add(record.id, 'resync');
      },
    });
  }

  /** Devices that are connected according to the registry. */
  get connected(): ReadonlySet<string> {
    return this.#connected;
  }

  /** `repaired` counts devices and configurations that only the resync found. It should stay at 0. */
  get counters(): Readonly<Record<string, number>> {
    const { repaired = 0, ...counters } = this.#worker.counters;
    return {
      ...counters,
      ...this.#fleet.counters,
      ...this.#devices.counters,
      quarrels: this.#oscillations.oscillations,
      repaired: repaired + this.#missed,
      swept: this.#resync.visited,
      configurations: this.#cache.size,
      scannedConfigurations: this.#cache.scanned,
      devices: this.#counter.devices,
    };
  }

  /** Counts of a configuration. Pass the record you just read, so that they are never those of an older generation. */
  status(configuration: string, stored = this.#cache.get(configuration)?.record): ConfigurationCounts {
    if (stored === undefined) return this.#counter.status(configuration);
    const known = this.#cache.get(configuration)?.record.generation === stored.generation;
    const live = this.#rollouts.get(configuration);
    const isSame = live?.record.created === stored.created && live.progress.key === stored.progress?.key;
    const isHeard = known && !this.#affected.isDue(configuration);
    return configurationStatus(this.#counter, stored, isHeard, isSame ? live : undefined);
  }

  /** State of its rollout; undefined if it never had one. Pass the newest record. */
  async rolloutStatus(record: ConfigurationRecord): Promise<RolloutView | undefined> {
    return this.#rollouts.view(record);
  }

  /** The current generation of a layer that a device holds: edits of the condition alone keep the layer. */
  generationOf({ id, created, generation }: Pick<ConfigurationAssignment, 'id' | 'created' | 'generation'>): number {
    const record = this.#cache.get(id)?.record;
    if (record?.created !== created) return generation;
    const known = [record, ...(record.stable ? [record.stable] : [])];
    return known.find(({ contentGeneration }) => contentGeneration === generation)?.generation ?? generation;
  }

  #generationsOf(record: ConfigurationRecord): RolloutView['generations'] {
    return this.#counter
      .generations(record.id)
      .filter(({ created }) => created === record.created)
      .map((one) => ({ generation: this.generationOf({ ...one, id: record.id }), devices: one.devices }))
      .sort((left, right) => right.generation - left.generation);
  }

  /** Calls the listener soon after the counts of a configuration changed; with undefined when it was deleted. */
  onStatus(listener: (configuration: string, counts: ConfigurationCounts | undefined) => void): Cancel {
    return this.#publisher.listen(listener);
  }

  async explain(device: string): Promise<ExplainView> {
    const explanation = this.#devices.explanationOf(await this.#parts.registry.devices.mustRead(device));
    const slicer = new Slicer(this.#parts.clock);
    await slicer.each(this.#cache.entries(), (entry) => explanation.visit(entry));
    return explanation.view();
  }

  /** Devices that match a condition, or may match: a caller that reads them evaluates it again. */
  async find(condition: Condition): Promise<Candidates> {
    await this.#fleet.prepare([condition]);
    return this.#fleet.find([condition]);
  }

  /** The plan that `find` follows. */
  plan(condition: Condition): Plan {
    return this.#fleet.plan(condition);
  }

  /** Previews a write without making it. Exact for the records given, whatever was stored since they were read. */
  async preview(write: PlannedWrite): Promise<PreviewView> {
    return this.#previewer.preview(write);
  }

  /**
   * Resolves once every commit has reached the devices it affects: for tests, benchmarks and an orderly stop. It does
   * not wait for retries of failures.
   */
  async idle(): Promise<void> {
    do {
      await this.#resync.idle();
      await this.#caughtUp();
      await this.#worker.idle();
      await this.#rollouts.idle();
      await this.#caughtUp();
    } while (!this.#isIdle);
  }

  get #isIdle(): boolean {
    const scans = [this.#affected, this.#everybody, this.#fleet, this.#rollouts];
    return this.#worker.isIdle && scans.every(({ isIdle }) => isIdle);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#walker.stop();
    this.#devices.stop();
    this.#publisher.stop();
    this.#watch.stop();
    await Promise.all([this.#rollouts.stop(), this.#resync.stop(), this.#worker.stop()]);
    await Promise.all([this.#affected.stop(), this.#everybody.stop(), this.#fleet.stop()]);
  }

  /** Resolves when everything stored is known; reconciling continues in the background. */
  async start(): Promise<void> {
    await this.#watch.start();
    if (this.#isStopped) return;
    this.#rollouts.start();
    if (this.#isRestDue) this.#everybody.add('start');
    // Devices found by the first walk were not missed by any signal, so the resync starts after it.
    void this.#everybody.idle().then(() => this.#resync.start());
  }

  #seen(record: DeviceRecord): void {
    this.#fleet.add(record);
    this.#publisher.change(undefined, record);
    this.#rollouts.onDeviceChange(undefined, record);
    if (this.#devices.onFirstSeen(record)) {
      if (this.#worker.hasRoom) this.#worker.add(record.id, 'start');
      else this.#isRestDue = true;
    }
    this.#read += 1;
    if (this.#read % PROGRESS_EVERY === 0) this.#parts.progress?.(this.#read);
  }

  #changed(before: DeviceRecord, after: DeviceEntry): void {
    // Rollouts keep waiting devices by number, and the fleet reuses numbers.
    if (!isLive(after)) this.#rollouts.forget(after.id);
    this.#fleet.change(before, after);
    this.#publisher.change(before, after);
    this.#rollouts.onDeviceChange(before, after);
    if (isLive(after)) this.#oscillations.change(before, after);
    else this.#devices.forget(after.id);
  }

  #makeWatch(): Watch {
    const { registry, clock, failed } = this.#parts;
    const listener: WatchListener = {
      isKnown: (device) => this.#fleet.has(device),
      deviceSeen: (record) => this.#seen(record),
      deviceChanged: (before, after) => this.#changed(before, after),
      deviceAffected: (id) => this.#worker.add(id, 'change'),
      deviceConnected: (id) => this.#worker.bringForward(id),
      configurationsRead: () => {
        this.#announceCache();
        this.#rollouts.beginReading();
      },
      configurationChanged: (id, isSelectionChanged) => {
        this.#rollouts.onChange(id);
        this.#publisher.statusChanged(id);
        if (isSelectionChanged) this.#affected.add(id);
      },
      failed,
    };
    return new Watch({ registry, clock, cache: this.#cache, connected: this.#connected, listener });
  }

  #announceCache(): void {
    for (const id of this.#cache.ids()) {
      this.#rollouts.onChange(id);
      this.#publisher.statusChanged(id);
    }
  }

  async #findAffected(ids: ReadonlySet<string>): Promise<void> {
    for (const id of ids) {
      const entry = this.#cache.get(id);
      const asked = entry && commonContent(entry);
      if (asked) await this.#fleet.prepare([asked.condition]);
      for (const affected of affectedBy(this.#fleet, id, this.#cache.get(id)))
        await this.#walker.wakeAffected(affected);
    }
  }

  /** Resolves when every commit has queued the devices it affects. */
  async #caughtUp(): Promise<void> {
    await this.#affected.idle();
    await this.#everybody.idle();
    await this.#fleet.idle();
  }

  /** Rejects while a failed search awaits its retry: it may affect any device. */
  async #mustBeCaughtUp(): Promise<void> {
    await this.#caughtUp();
    if (!this.#everybody.isAnyDue && !this.#affected.isAnyDue) return;
    throw new TwinError('unavailable', 'a search for affected devices failed and was not retried yet');
  }

  async #checkCache(): Promise<void> {
    const missed = await this.#watch.check();
    if (missed === 0) return;
    this.#missed += missed;
    this.#parts.log('warn', 'the resync found configurations that no commit had announced', { configurations: missed });
  }
}
