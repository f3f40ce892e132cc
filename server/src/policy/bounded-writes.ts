import type { ConfigurationInput } from '@muster/api';
import type { Reconciler } from '@muster/reconciler';
import {
  type Actor,
  type ConfigurationRecord,
  checkPrecondition,
  type Precondition,
  type PutConfiguration,
  type Registry,
  type RolloutAction,
} from '@muster/registry';
import { canonicalEqual, checkId, isTwinError, type JsonObject, TwinError } from '@muster/twin';

/** Previews to try before giving up on a configuration that keeps changing. */
const TRIES_MAX = 5;

interface BoundedWritesParts {
  readonly registry: Pick<Registry, 'configurations'>;
  /** Throws while the reconciler is starting. */
  readonly reconcilerOf: () => Previews;
  /** Whether writes that change devices need `maxChanged`. */
  readonly isBoundRequired: boolean;
}

export type Previews = Pick<Reconciler, 'preview'>;

type Stored = ConfigurationRecord | undefined;

export interface BoundedOptions {
  readonly precondition?: Precondition;
  /** How many devices may get a different desired document. */
  readonly maxChanged?: number | undefined;
}

/** A write that is still to be made. */
interface Write<Read extends Stored, Result> {
  /** For a message: `storing`. */
  readonly doing: string;
  readonly read: () => Promise<Read>;
  /** Returns how many devices the write would change, given the record that was read. */
  readonly count: (stored: Read) => Promise<number>;
  readonly write: (over: Precondition) => Promise<Result>;
}

/**
 * Writes configurations, unless more devices would change than the caller allows: then it throws `conflict`, with
 * `changed`, and writes nothing. The write applies to exactly the record that was previewed; a concurrent write triggers
 * a new preview. Devices may change between preview and write, as at any time.
 */
export class BoundedWrites {
  readonly #parts: BoundedWritesParts;

  constructor(parts: BoundedWritesParts) {
    this.#parts = parts;
  }

  async put(actor: Actor, id: string, body: JsonObject, options: BoundedOptions = {}): Promise<PutConfiguration> {
    const { registry, reconcilerOf } = this.#parts;
    if (this.#isFree(options)) return registry.configurations.put(actor, id, body, options.precondition);
    checkId(id);
    const input = registry.configurations.parse(body);
    return this.#within(id, options, {
      doing: 'storing',
      read: () => registry.configurations.read(id),
      count: async (stored) => {
        if (stored && isSameForDevices(stored, input)) return 0;
        const planned = registry.configurations.plan(actor, id, stored, input);
        return (await reconcilerOf().preview({ stored, planned, isComplete: true })).changed;
      },
      write: (over) => registry.configurations.put(actor, id, body, over),
    });
  }

  async remove(actor: Actor, id: string, options: BoundedOptions = {}): Promise<ConfigurationRecord> {
    const { registry, reconcilerOf } = this.#parts;
    if (this.#isFree(options)) return registry.configurations.remove(actor, id, options.precondition);
    return this.#within(id, options, {
      doing: 'deleting',
      read: () => registry.configurations.mustRead(id),
      count: async (stored) =>
        (await reconcilerOf().preview({ stored, planned: { ...stored, enabled: false } })).changed,
      write: (over) => registry.configurations.remove(actor, id, over),
    });
  }

  /**
   * Pausing and resuming change no device by themselves. An abort needs no bound: the rollout already says what an abort
   * takes back, and stopping a rollout must always work.
   */
  async act(
    actor: Actor,
    id: string,
    action: RolloutAction,
    options: BoundedOptions = {},
  ): Promise<ConfigurationRecord> {
    const { registry, reconcilerOf } = this.#parts;
    const { kind } = action;
    const isFree = kind === 'abort' ? options.maxChanged === undefined : this.#isFree(options);
    if (isFree || kind === 'pause' || kind === 'resume') {
      return registry.configurations.actOnRollout(actor, id, action, options.precondition);
    }
    return this.#within(id, options, {
      doing: DOING[kind],
      read: () => registry.configurations.mustRead(id),
      count: async (stored) =>
        (
          await reconcilerOf().preview({
            stored,
            planned: registry.configurations.planRolloutAction(actor, stored, action),
          })
        ).changed,
      write: (over) => registry.configurations.actOnRollout(actor, id, action, over),
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
    throw new TwinError('conflict', `${id} keeps changing, so the effect of this write is unknown: try again`);
  }
}

const DOING = { abort: 'aborting', rollback: 'rolling back', promote: 'promoting' } as const;

/** Returns undefined if the record has changed since it was read. */
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

/** The rollout counts too: without it, all matching devices get the configuration at once. */
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
    ? `${doing} would change ${devices}, and this server requires a bound: check the preview, then repeat it with ` +
        `?maxChanged=${changed}`
    : `${doing} would change ${devices}, more than maxChanged=${maxChanged} allows: check the preview, and ` +
        'raise maxChanged if that is intended';
}
