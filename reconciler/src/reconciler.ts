import type { ConfigurationCounts, ExplainView, PreviewView, RolloutView } from '@muster/api';
import type { Candidates, Condition, Plan } from '@muster/conditions';
import type { ConfigurationAssignment, ConfigurationRecord } from '@muster/registry';
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
 * Keeps every twin equal to its layers. Commits name the devices that may have to change; each is decided over its
 * newest record.
 *
 * A bug in following the store fails no writer: it is logged, counted as `restarted`, and everything is read again as
 * at a start. Until then the verbs throw `unavailable`.
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

  /** Devices that are connected according to the registry. */
  get connected(): ReadonlySet<string> {
    return this.#controller.connected;
  }

  /** `repaired` counts devices and configurations that only the resync found. It and `restarted` should stay at 0. */
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

  /** The current generation of a layer that a device holds: edits of the condition alone keep the layer. */
  generationOf(applied: Pick<ConfigurationAssignment, 'id' | 'created' | 'generation'>): number {
    return this.#ready.generationOf(applied);
  }

  /** Calls the listener soon after the counts of a configuration changed; with undefined when it was deleted. */
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

  /** Devices that match a condition, or may match: a caller that reads them evaluates it again. */
  async find(condition: Condition): Promise<Candidates> {
    return this.#ready.find(condition);
  }

  /** The plan that `find` follows. */
  plan(condition: Condition): Plan {
    return this.#ready.plan(condition);
  }

  /** Previews a write without making it. Exact for the records given, whatever was stored since they were read. */
  async preview(write: PlannedWrite): Promise<PreviewView> {
    return this.#ready.preview(write);
  }

  /**
   * Resolves once every commit has reached the devices it affects: for tests, benchmarks and an orderly stop. It does
   * not wait for retries of failures.
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
