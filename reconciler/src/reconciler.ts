import type { ConfigurationCounts, ExplainView, PreviewView, RolloutView } from '@muster/api';
import type { Candidates, Condition, Plan } from '@muster/conditions';
import type { AppliedConfiguration, ConfigurationRecord } from '@muster/registry';
import { type Cancel, TwinError } from '@muster/twin';
import { Controller, type ControllerParts } from './controller.js';
import type { PlannedWrite } from './preview/previewer.js';
import { RETRY_AFTER_MS } from './workqueue/retries.js';

export interface ReconcilerParts extends Omit<ControllerParts, 'failed'> {
  /** Ends a start that has not finished: it rejects with the reason, and nothing continues in the background. */
  readonly signal?: AbortSignal;
}

type StatusListener = (configuration: string, counts: ConfigurationCounts | undefined) => void;

/**
 * Keeps every twin at what its layers say. Commits name the devices that may have to change; what each of them should have
 * is decided over its newest record.
 *
 * A bug that leaves its knowledge in doubt fails no writer: it is logged and counted as `restarted`, and everything stored
 * is read again, as at a start. Until then its verbs throw `unavailable`.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #listeners = new Set<StatusListener>();
  #controller: Controller;
  #isReady = false;
  #isStopped = false;
  #restarts = 0;
  #restarting: Promise<void> | undefined;
  #cancelRetry: Cancel | undefined;

  /** Resolves when everything stored is known; reconciling continues in the background. Others may write meanwhile. */
  static async start(parts: ReconcilerParts): Promise<Reconciler> {
    const { signal } = parts;
    signal?.throwIfAborted();
    const reconciler = new Reconciler(parts);
    const abort = (): void => void reconciler.stop();
    signal?.addEventListener('abort', abort);
    try {
      await reconciler.#controller.start();
      signal?.throwIfAborted();
      reconciler.#isReady = reconciler.#restarting === undefined;
    } catch (error) {
      await reconciler.stop();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    return reconciler;
  }

  private constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#controller = this.#open();
  }

  /** Devices that the registry has as connected. */
  get connected(): ReadonlySet<string> {
    return this.#controller.connected;
  }

  /** `repaired` counts what only the sweep found: devices, and configurations too. It and `restarted` should stay at 0. */
  get counters(): Readonly<Record<string, number>> {
    return { ...this.#controller.counters, restarted: this.#restarts };
  }

  /** Counts of a configuration. Pass the record you just read, so that they are never those of an older generation. */
  status(configuration: string, stored?: ConfigurationRecord): ConfigurationCounts {
    return this.#ready.status(configuration, stored);
  }

  /** State of its rollout; undefined if it never had one. */
  async rolloutStatus(record: ConfigurationRecord): Promise<RolloutView | undefined> {
    return this.#ready.rolloutStatus(record);
  }

  /** The current generation of what a device has, where only its condition was edited since. */
  generationOf(applied: Pick<AppliedConfiguration, 'id' | 'created' | 'generation'>): number {
    return this.#ready.generationOf(applied);
  }

  /** Tells the counts of every configuration soon after they changed; undefined when it was deleted. */
  onStatus(listener: StatusListener): Cancel {
    const own: StatusListener = (...news) => listener(...news);
    this.#listeners.add(own);
    const cancel = this.#controller.onStatus(own);
    return () => {
      this.#listeners.delete(own);
      cancel();
    };
  }

  async explain(device: string): Promise<ExplainView> {
    return this.#ready.explain(device);
  }

  /** The devices of which a condition is TRUE, or may be: a caller that reads them evaluates it again. */
  async find(condition: Condition): Promise<Candidates> {
    return this.#ready.find(condition);
  }

  /** How `find` finds them. */
  plan(condition: Condition): Plan {
    return this.#ready.plan(condition);
  }

  /** Previews a write without making it. Exact for the records given, whatever was stored since they were read. */
  async preview(write: PlannedWrite): Promise<PreviewView> {
    return this.#ready.preview(write);
  }

  /**
   * Resolves once every commit was brought to the devices it touches: for tests, benchmarks and an orderly stop. It does not
   * wait for the retry of what failed.
   */
  async idle(): Promise<void> {
    await this.#restarting;
    await this.#controller.idle();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRetry?.();
    await this.#controller.stop();
    await this.#restarting;
  }

  get #ready(): Controller {
    if (this.#isReady) return this.#controller;
    throw new TwinError('unavailable', 'the reconciler is reading the devices again; try again in a moment');
  }

  #open(): Controller {
    const controller: Controller = new Controller({
      ...this.#parts,
      failed: (error) => {
        if (controller === this.#controller) this.#restart(error);
      },
    });
    for (const listener of this.#listeners) controller.onStatus(listener);
    return controller;
  }

  #restart(error: unknown): void {
    if (this.#isStopped || this.#restarting) return;
    this.#isReady = false;
    this.#restarts += 1;
    this.#parts.log('error', 'the reconciler could not follow the store; reading everything again', { error });
    this.#restarting = this.#replace().finally(() => {
      this.#restarting = undefined;
    });
  }

  async #replace(): Promise<void> {
    try {
      await this.#controller.stop();
      if (this.#isStopped) return;
      this.#controller = this.#open();
      await this.#controller.start();
      this.#isReady = true;
    } catch (error) {
      if (!this.#isStopped) this.#retry(error);
    }
  }

  #retry(error: unknown): void {
    const { clock, log } = this.#parts;
    log('error', 'the reconciler could not read everything again; retrying', { error });
    this.#cancelRetry = clock.after(RETRY_AFTER_MS, () => {
      this.#restarting ??= this.#replace().finally(() => {
        this.#restarting = undefined;
      });
    });
  }
}
