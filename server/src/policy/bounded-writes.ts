import type { ConfigurationInput } from '@muster/api';
import type { Reconciler } from '@muster/reconciler';
import {
  type ConfigurationRecord,
  checkPrecondition,
  type Precondition,
  type PutConfiguration,
  type Registry,
  type RolloutAction,
} from '@muster/registry';
import { canonicalEqual, checkId, isTwinError, type JsonObject, TwinError } from '@muster/twin';

/** So often a configuration is previewed anew because somebody else wrote it meanwhile. */
const TRIES_MAX = 5;

interface BoundedWritesParts {
  readonly registry: Pick<
    Registry,
    | 'readConfiguration'
    | 'mustReadConfiguration'
    | 'putConfiguration'
    | 'parseConfiguration'
    | 'removeConfiguration'
    | 'actOnRollout'
    | 'planRolloutAction'
  >;
  /** Throws while the reconciler is starting. */
  readonly reconcilerOf: () => Previews;
  /** Whether who changes any device has to say how many may change. */
  readonly isBoundRequired: boolean;
}

export type Previews = Pick<Reconciler, 'previewOver' | 'previewRecord'>;

type Stored = ConfigurationRecord | undefined;

export interface BoundedOptions {
  readonly precondition?: Precondition;
  /** How many devices may get another desired document. */
  readonly maxChanged?: number | undefined;
}

/** A write that was not made yet. */
interface Write<Read extends Stored, Result> {
  /** For a message: `storing`. */
  readonly doing: string;
  readonly read: () => Promise<Read>;
  /** Over what was read: how many devices would change. */
  readonly count: (stored: Read) => Promise<number>;
  readonly write: (over: Precondition) => Promise<Result>;
}

/**
 * Writes configurations, unless more devices would change than the caller allows: then `conflict`, with `changed`, and
 * nothing is written. What is written over is what was previewed: who writes the same configuration in between is seen,
 * and the preview made anew. Devices may move meanwhile, as they may at any time.
 */
export class BoundedWrites {
  readonly #parts: BoundedWritesParts;

  constructor(parts: BoundedWritesParts) {
    this.#parts = parts;
  }

  async put(id: string, body: JsonObject, options: BoundedOptions = {}): Promise<PutConfiguration> {
    const { registry, reconcilerOf } = this.#parts;
    if (this.#isFree(options)) return registry.putConfiguration(id, body, options.precondition);
    checkId(id);
    const input = registry.parseConfiguration(body);
    return this.#within(id, options, {
      doing: 'storing',
      read: () => registry.readConfiguration(id),
      count: async (stored) => {
        if (stored && isSameForDevices(stored, input)) return 0;
        return (await reconcilerOf().previewOver(stored, id, input)).changed;
      },
      write: (over) => registry.putConfiguration(id, body, over),
    });
  }

  async remove(id: string, options: BoundedOptions = {}): Promise<ConfigurationRecord> {
    const { registry, reconcilerOf } = this.#parts;
    if (this.#isFree(options)) return registry.removeConfiguration(id, options.precondition);
    return this.#within(id, options, {
      doing: 'deleting',
      read: () => registry.mustReadConfiguration(id),
      count: async (stored) => (await reconcilerOf().previewRecord(stored, { ...stored, enabled: false })).changed,
      write: (over) => registry.removeConfiguration(id, over),
    });
  }

  /**
   * To pause or resume changes no device by itself. An abort needs no bound: where it takes something back, that was
   * agreed to with the rollout, and what stops a rollout should never be held up.
   */
  async act(id: string, action: RolloutAction, options: BoundedOptions = {}): Promise<ConfigurationRecord> {
    const { registry, reconcilerOf } = this.#parts;
    const { kind } = action;
    const isFree = kind === 'abort' ? options.maxChanged === undefined : this.#isFree(options);
    if (isFree || kind === 'pause' || kind === 'resume') {
      return registry.actOnRollout(id, action, undefined, options.precondition);
    }
    return this.#within(id, options, {
      doing: DOING[kind],
      read: () => registry.mustReadConfiguration(id),
      count: async (stored) =>
        (await reconcilerOf().previewRecord(stored, registry.planRolloutAction(stored, action))).changed,
      write: (over) => registry.actOnRollout(id, action, undefined, over),
    });
  }

  #isFree({ maxChanged }: BoundedOptions): boolean {
    return maxChanged === undefined && !this.#parts.isBoundRequired;
  }

  async #within<Read extends Stored, Result>(
    id: string,
    { precondition = { kind: 'none' }, maxChanged }: BoundedOptions,
    write: Write<Read, Result>,
  ): Promise<Result> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const stored = await write.read();
      checkPrecondition(precondition, stored?.revision);
      const changed = await write.count(stored);
      if (changed > (maxChanged ?? 0)) {
        throw new TwinError('conflict', refusal(`${write.doing} ${id}`, changed, maxChanged), { changed });
      }
      const written = await writeOver(stored, write);
      if (written) return written;
    }
    throw new TwinError(
      'conflict',
      `others write ${id} all the time, so that nobody can say what would change: try again`,
    );
  }
}

const DOING = { abort: 'aborting', rollback: 'rolling back', promote: 'promoting' } as const;

/** Undefined if it is no longer what was read. */
async function writeOver<Read extends Stored, Result>(
  stored: Read,
  { write }: Write<Read, Result>,
): Promise<Result | undefined> {
  try {
    return await write(stored ? { kind: 'match', revisions: [stored.revision] } : { kind: 'absent' });
  } catch (error) {
    if (isTwinError(error) && error.code === 'precondition-failed') return undefined;
    throw error;
  }
}

/** A rollout decides who has it: to take it away gives it to everybody at once. */
function isSameForDevices(stored: ConfigurationRecord, input: ConfigurationInput): boolean {
  const { targetCondition, desiredProperties, priority = 0, enforce = false, enabled = true, rollout } = input;
  return (
    stored.targetCondition === targetCondition &&
    stored.priority === priority &&
    stored.enforce === enforce &&
    stored.enabled === enabled &&
    canonicalEqual(stored.desiredProperties, desiredProperties) &&
    canonicalEqual(stored.rollout as JsonObject | undefined, rollout)
  );
}

function refusal(doing: string, changed: number, maxChanged: number | undefined): string {
  const devices = changed === 1 ? '1 device' : `${changed} devices`;
  return maxChanged === undefined
    ? `${doing} would change ${devices}, and this server asks for a bound: look at the preview, then do it with ` +
        `?maxChanged=${changed}`
    : `${doing} would change ${devices}, more than maxChanged=${maxChanged} allows: look at the preview, and ` +
        'allow as many if that is meant';
}
