import {
  type Change,
  type ConfigurationRecord,
  type DeviceRecord,
  followChanges,
  type Registry,
} from '@muster/registry';
import { assertNever, type Cancel, type Clock, type Log } from '@muster/twin';
import type { BookEntry, ConfigurationBook } from './configuration-book.js';
import { RETRY_AFTER_MS } from './retry.js';
import { Slicer } from './slicer.js';

interface WatchParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  /** Kept as the stored configurations are. */
  readonly book: ConfigurationBook;
  /** Kept as the presence of devices is. */
  readonly connected: Set<string>;
  readonly listener: WatchListener;
}

export interface WatchListener {
  /** What the device should have may be another. */
  deviceTouched(id: string): void;
  deviceConnected(id: string): void;
  /** The book has it as it is now, or has it no more. */
  configurationTouched(id: string): void;
  /** Changes were missed: anything may be another. */
  everythingTouched(): void;
}

/** A configuration that the store has otherwise than the book; without a mark, or an entry, it is not there. */
interface Stale {
  readonly id: string;
  readonly mark: string | undefined;
  readonly entry: BookEntry | undefined;
}

/**
 * Reads the change log, and turns each change into the ids of what it touches. When the log cannot be read, or was
 * trimmed before it was read, everything stored is read anew and everything counts as touched.
 */
export class Watch {
  readonly #parts: WatchParts;
  #cursor = 0;
  #waiting: { readonly head: number; readonly resolve: () => void }[] = [];
  #refreshed: Promise<void> = Promise.resolve();
  #busy: Promise<void> = Promise.resolve();
  #cancel: Cancel | undefined;
  #isStopped = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Resolves when everything stored is known; `visit` is shown every device meanwhile. */
  async start(visit: (record: DeviceRecord) => void): Promise<void> {
    await this.#readAll(visit);
    if (!this.#isStopped) this.#follow();
  }

  /** Resolves when every change that is on disk by now was handled. */
  async caughtUp(): Promise<void> {
    const { head } = await this.#parts.registry.changes(Number.MAX_SAFE_INTEGER, 0);
    if (this.#cursor >= head || this.#isStopped) return;
    await new Promise<void>((resolve) => this.#waiting.push({ head, resolve }));
  }

  /** Compares the book with the store. Answers how many configurations differed that no change had told of. */
  async check(): Promise<number> {
    const { book } = this.#parts;
    const stale = await this.#stale();
    if (stale.length === 0) return 0;
    await this.caughtUp();
    let missed = 0;
    for (const { id, mark, entry } of stale) {
      if (this.#isStopped) break;
      const record = await this.#parts.registry.readConfiguration(id);
      if (book.get(id) !== entry || markOf(record) !== mark) continue;
      missed += 1;
      await this.#hearConfiguration(id);
    }
    return missed;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    this.#resolveWaiting(Number.MAX_SAFE_INTEGER);
    await this.#busy;
  }

  async #stale(): Promise<Stale[]> {
    const { registry, book, clock } = this.#parts;
    const slicer = new Slicer(clock);
    const stored = new Set<string>();
    const stale: Stale[] = [];
    for await (const record of registry.configurations()) {
      const { id } = record;
      stored.add(id);
      const entry = book.get(id);
      const mark = markOf(record);
      if (markOf(entry?.record) !== mark) stale.push({ id, mark, entry });
      await slicer.pause();
    }
    for (const entry of book.entries()) {
      const { id } = entry.record;
      if (!stored.has(id)) stale.push({ id, mark: undefined, entry });
    }
    return stale;
  }

  /** The head comes first: what is changed while the rest is read comes again as a change. */
  async #readAll(visit: (record: DeviceRecord) => void): Promise<void> {
    const { registry, clock, connected } = this.#parts;
    const slicer = new Slicer(clock);
    const { head } = await registry.changes(Number.MAX_SAFE_INTEGER, 0);
    for (const { id } of await this.#stale()) {
      await this.#refresh(id);
      await slicer.pause();
    }
    const present = new Set<string>();
    for await (const record of registry.devices()) {
      visit(record);
      if (record.connected) present.add(record.id);
      if (this.#isStopped) return;
      const pause = slicer.pause();
      if (pause) await pause;
    }
    for (const id of connected) if (!present.has(id)) connected.delete(id);
    for (const id of present) connected.add(id);
    this.#advance(head);
  }

  #follow(): void {
    let isCurrent = true;
    const leave = (): boolean => {
      const wasCurrent = isCurrent && !this.#isStopped;
      isCurrent = false;
      cancel();
      return wasCurrent;
    };
    const cancel = followChanges(
      this.#parts.registry,
      this.#cursor,
      (changes) => (isCurrent ? this.#occupy(this.#handle(changes)) : undefined),
      {
        missed: () => {
          if (leave()) this.#recover('changes were trimmed before they were read');
        },
        failed: (error) => {
          if (leave()) this.#recoverLater(error);
        },
      },
    );
    this.#cancel = cancel;
  }

  #recover(reason: string): void {
    this.#parts.log('warn', `${reason}: everything is looked at anew`);
    const recovered = this.#readAll(() => {}).then(() => {
      if (this.#isStopped) return;
      this.#parts.listener.everythingTouched();
      this.#follow();
    });
    void this.#occupy(recovered.catch((error) => this.#recoverLater(error)));
  }

  /** A stop waits for it. */
  #occupy(work: Promise<void>): Promise<void> {
    this.#busy = work.catch(() => {});
    return work;
  }

  #recoverLater(error: unknown): void {
    if (this.#isStopped) return;
    this.#parts.log('error', 'the changes could not be followed, it is tried again', { error });
    this.#cancel = this.#parts.clock.after(RETRY_AFTER_MS, () => this.#recover('changes may have been missed'));
  }

  async #handle(changes: readonly Change[]): Promise<void> {
    const slicer = new Slicer(this.#parts.clock);
    for (const change of changes) {
      if (this.#isStopped) return;
      const hearing = this.#hear(change);
      if (hearing) await hearing;
      this.#cursor = change.sequence;
      const pause = slicer.pause();
      if (pause) await pause;
    }
    this.#resolveWaiting(this.#cursor);
  }

  /** A promise only where there is something to wait for: most changes are of single devices. */
  #hear(change: Change): Promise<void> | undefined {
    const { book, connected, listener } = this.#parts;
    switch (change.kind) {
      case 'device':
        if (change.data.change === 'deleted') connected.delete(change.device);
        else listener.deviceTouched(change.device);
        break;
      case 'reported':
        if (book.readsReported(change.data.patch)) listener.deviceTouched(change.device);
        break;
      case 'presence':
        if (change.data.connected) connected.add(change.device);
        else connected.delete(change.device);
        if (change.data.connected) listener.deviceConnected(change.device);
        break;
      case 'configuration':
        return this.#hearConfiguration(change.configuration);
      case 'desired':
      case 'acknowledged':
        break;
      default:
        assertNever(change);
    }
    return undefined;
  }

  async #hearConfiguration(id: string): Promise<void> {
    await this.#refresh(id);
    this.#parts.listener.configurationTouched(id);
  }

  /** One after the other, so that an older reading never replaces a newer one. */
  #refresh(id: string): Promise<void> {
    const { registry, book } = this.#parts;
    const refreshed = this.#refreshed.then(async () => {
      const record = await registry.readConfiguration(id);
      if (record) book.put(record);
      else book.remove(id);
    });
    this.#refreshed = refreshed.catch(() => {});
    return refreshed;
  }

  #advance(cursor: number): void {
    this.#cursor = cursor;
    this.#resolveWaiting(cursor);
  }

  #resolveWaiting(cursor: number): void {
    const due = this.#waiting.filter(({ head }) => head <= cursor);
    this.#waiting = this.#waiting.filter(({ head }) => head > cursor);
    for (const { resolve } of due) resolve();
  }
}

/** Another one whenever a change tells of the configuration: not where a rollout has stored only that time has passed. */
function markOf(record: ConfigurationRecord | undefined): string | undefined {
  if (!record) return undefined;
  const { key, state, phase, reason } = record.progress ?? {};
  return JSON.stringify([record.created, record.revision, key, state, phase, reason?.code, reason?.text]);
}
