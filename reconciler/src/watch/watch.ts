import {
  type CommittedEntry,
  type ConfigurationEntry,
  type ConfigurationRecord,
  type DeviceEntry,
  type DeviceRecord,
  isLive,
  isStored,
  type Registry,
} from '@muster/registry';
import { assertNever, type Cancel, type Clock } from '@muster/twin';
import type { CachedConfiguration, ConfigurationCache } from '../cache/configuration-cache.js';
import { Slicer } from '../workqueue/slicer.js';
import { EntryWalk } from './entry-walk.js';

/** Entries read in one turn. Configurations are fewer: their conditions are parsed and indexed. */
const DEVICES_PER_PAGE = 128;
const CONFIGURATIONS_PER_PAGE = 16;

interface WatchParts {
  readonly registry: Registry;
  readonly clock: Clock;
  /** Kept equal to the stored configurations. */
  readonly cache: ConfigurationCache;
  /** Kept equal to the stored presence of devices. */
  readonly connected: Set<string>;
  readonly listener: WatchListener;
}

export interface WatchListener {
  /** Whether `deviceSeen` was called for it, and it was not deleted since. */
  isKnown(device: string): boolean;
  /** Called once for each registered device: when it is first read or written. */
  deviceSeen(record: DeviceRecord): void;
  /** A known device was written. */
  deviceChanged(before: DeviceRecord, after: DeviceEntry): void;
  /** The desired document of the device may have to change. */
  deviceAffected(id: string): void;
  deviceConnected(id: string): void;
  /** Every stored configuration is in the cache; devices are read next. */
  configurationsRead(): void;
  /** The cache has a newer record of the configuration, or has removed it. Its selection is the set of its devices. */
  configurationChanged(id: string, isSelectionChanged: boolean): void;
  /** A bug: the state built from the entries may be wrong. No further calls follow. */
  failed(error: unknown): void;
}

/** A configuration that differs between store and cache. Without `mark` it is not stored, without `entry` not cached. */
interface Stale {
  readonly id: string;
  readonly mark: string | undefined;
  readonly entry: CachedConfiguration | undefined;
}

/**
 * The only door through which entries reach the reconciler: commits, and every walk over stored entries. It keeps the
 * cache and the set of connected devices, and turns each commit into the ids of the devices that it affects.
 */
export class Watch {
  readonly #parts: WatchParts;
  readonly #walk: EntryWalk;
  #areDevicesRead = false;
  #cancel: Cancel = () => {};
  #isStopped = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#walk = new EntryWalk(parts.clock);
  }

  /** Resolves when everything stored is known. */
  async start(): Promise<void> {
    const { registry, listener } = this.#parts;
    this.#cancel = registry.onCommit((entries) => this.#committed(entries));
    await this.#readConfigurations();
    if (this.#isStopped) return;
    listener.configurationsRead();
    this.#areDevicesRead = true;
    await this.walkDevices((record) => {
      if (listener.isKnown(record.id)) return;
      if (record.connected) this.#parts.connected.add(record.id);
      listener.deviceSeen(record);
    });
  }

  /** Visits every registered device; no record is older than its last commit. Returns whether it got to the end. */
  walkDevices(visit: (record: DeviceRecord) => void): Promise<boolean> {
    return this.#walk.all('device', this.#readDevices, { limit: DEVICES_PER_PAGE }, (page) => {
      for (const entry of page) if (isLive(entry)) visit(entry);
    });
  }

  /** As `walkDevices`, for at most `limit` entries; returns the id to continue after, undefined at the end. */
  walkPage(after: string, limit: number, visit: (record: DeviceRecord) => void): Promise<string | undefined> {
    return this.#walk.page('device', this.#readDevices, { after, limit }, (page) => {
      for (const entry of page) if (isLive(entry)) visit(entry);
    });
  }

  /**
   * Compares the cache with the store. Returns the number of configurations that differed and that no commit had
   * announced.
   */
  async check(): Promise<number> {
    const { registry, cache } = this.#parts;
    let missed = 0;
    for (const { id, mark, entry } of await this.#stale()) {
      if (this.#isStopped) break;
      const record = await registry.configurations.read(id);
      if (cache.get(id) !== entry || markOf(record) !== mark) continue;
      missed += 1;
      this.#keepConfiguration(id, record);
    }
    return missed;
  }

  stop(): void {
    this.#isStopped = true;
    this.#walk.stop();
    this.#cancel();
  }

  readonly #readDevices = (after: string, limit: number) => this.#parts.registry.devices.scan(after, limit);

  async #readConfigurations(): Promise<void> {
    const { registry, cache } = this.#parts;
    const read = (after: string, limit: number) => registry.configurations.scan(after, limit);
    await this.#walk.all('configuration', read, { limit: CONFIGURATIONS_PER_PAGE }, (page) => {
      for (const entry of page) if (isStored(entry) && !cache.get(entry.id)) cache.put(entry);
    });
  }

  async #stale(): Promise<Stale[]> {
    const { registry, cache, clock } = this.#parts;
    const slicer = new Slicer(clock);
    const stored = new Set<string>();
    const stale: Stale[] = [];
    for await (const record of registry.configurations.all()) {
      const { id } = record;
      stored.add(id);
      const entry = cache.get(id);
      const mark = markOf(record);
      if (markOf(entry?.record) !== mark) stale.push({ id, mark, entry });
      await slicer.pause();
    }
    for (const entry of cache.entries()) {
      const { id } = entry.record;
      if (!stored.has(id)) stale.push({ id, mark: undefined, entry });
    }
    return stale;
  }

  /** A bug must not fail the writer of the commit. */
  #committed(entries: readonly CommittedEntry[]): void {
    try {
      for (const entry of entries) this.#commit(entry);
    } catch (error) {
      this.stop();
      this.#parts.listener.failed(error);
    }
  }

  #commit(entry: CommittedEntry): void {
    if (this.#isStopped) return;
    this.#walk.committed(entry);
    if (entry.kind === 'device') this.#commitDevice(entry);
    else this.#commitConfiguration(entry.after);
  }

  #commitDevice({ before, after, changes }: CommittedEntry & { readonly kind: 'device' }): void {
    if (!this.#areDevicesRead) return;
    const { connected, listener } = this.#parts;
    if (isLive(after) && after.connected) connected.add(after.id);
    else connected.delete(after.id);
    const isKnown = listener.isKnown(after.id) && isLive(before);
    const isDeleted = changes.some(
      ({ kind, data }) => kind === 'device' && 'change' in data && data.change === 'deleted',
    );
    // Deleted and registered again in one flush: these are two devices with one id.
    if (isKnown && isDeleted) listener.deviceChanged(before, tombstoneOf(before));
    if (isLive(after) && (!isKnown || isDeleted)) listener.deviceSeen(after);
    else if (isKnown && !isDeleted) listener.deviceChanged(before, after);
    if (isLive(after)) for (const change of changes) this.#changeSeen(change);
  }

  #changeSeen(change: CommittedEntry['changes'][number]): void {
    const { cache, listener } = this.#parts;
    switch (change.kind) {
      case 'device':
        listener.deviceAffected(change.device);
        break;
      case 'reported':
        if (cache.readsReported(change.data.patch)) listener.deviceAffected(change.device);
        break;
      case 'presence':
        if (change.data.connected) listener.deviceConnected(change.device);
        break;
      case 'configuration':
      case 'desired':
      case 'acknowledged':
        break;
      default:
        assertNever(change);
    }
  }

  #commitConfiguration(after: ConfigurationEntry): void {
    const { cache } = this.#parts;
    const record = isStored(after) ? after : undefined;
    if (markOf(record) !== markOf(cache.get(after.id)?.record)) this.#keepConfiguration(after.id, record);
    else if (record) cache.refresh(record);
  }

  #keepConfiguration(id: string, record: ConfigurationRecord | undefined): void {
    const { cache, listener } = this.#parts;
    const before = cache.get(id)?.selectionKey;
    if (record) cache.put(record);
    else cache.remove(id);
    listener.configurationChanged(id, cache.get(id)?.selectionKey !== before);
  }
}

function tombstoneOf({ id, desiredVersion, reportedVersion, revision }: DeviceRecord): DeviceEntry {
  return { id, deleted: true, desiredVersion, reportedVersion, revision };
}

/** Changes with every write of the configuration, but not when a rollout only stores elapsed time. */
function markOf(record: ConfigurationRecord | undefined): string | undefined {
  if (!record) return undefined;
  const { key, state, phase, reason } = record.progress ?? {};
  return JSON.stringify([record.created, record.revision, key, state, phase, reason?.code, reason?.text]);
}
