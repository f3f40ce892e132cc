import { checkPrecondition, type Precondition, type PutConfiguration, type Registry } from '@muster/registry';
import {
  type ConfigurationInput,
  canonicalEqual,
  checkId,
  isTwinError,
  type JsonObject,
  type PreviewView,
  TwinError,
} from '@muster/twin';

/** So often a configuration is previewed anew because somebody else wrote it meanwhile. */
const TRIES_MAX = 5;

interface BoundedPutParts {
  readonly registry: Pick<Registry, 'readConfiguration' | 'putConfiguration' | 'parseConfiguration'>;
  readonly previewOver: (
    stored: Stored,
    id: string,
    input: ConfigurationInput,
  ) => Promise<Pick<PreviewView, 'changed'>>;
  /** Whether who changes any device has to say how many may change. */
  readonly isBoundRequired: boolean;
}

type Stored = Awaited<ReturnType<Registry['readConfiguration']>>;

export interface PutOptions {
  readonly precondition?: Precondition;
  /** How many devices may get another desired document. */
  readonly maxChanged?: number | undefined;
}

/**
 * Stores configurations, unless more devices would change than the caller allows: then `conflict`, with `changed`, and
 * nothing is stored. What is stored over is what was previewed: who writes the same configuration in between is seen,
 * and the preview made anew. Devices may move meanwhile, as they may at any time.
 */
export class BoundedPut {
  readonly #parts: BoundedPutParts;

  constructor(parts: BoundedPutParts) {
    this.#parts = parts;
  }

  async put(id: string, body: JsonObject, options: PutOptions = {}): Promise<PutConfiguration> {
    const { precondition = { kind: 'none' }, maxChanged } = options;
    const { registry, isBoundRequired } = this.#parts;
    if (maxChanged === undefined && !isBoundRequired) return registry.putConfiguration(id, body, precondition);
    checkId(id);
    const input = registry.parseConfiguration(body);
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const stored = await registry.readConfiguration(id);
      checkPrecondition(precondition, stored?.revision);
      await this.#mustBeWithin(maxChanged, stored, id, input);
      const written = await this.#putOver(stored, id, body);
      if (written) return written;
    }
    throw new TwinError(
      'conflict',
      `others write ${id} all the time, so that nobody can say what would change: try again`,
    );
  }

  async #mustBeWithin(
    maxChanged: number | undefined,
    stored: Stored,
    id: string,
    input: ConfigurationInput,
  ): Promise<void> {
    if (stored && isSameForDevices(stored, input)) return;
    const { changed } = await this.#parts.previewOver(stored, id, input);
    if (changed <= (maxChanged ?? 0)) return;
    throw new TwinError('conflict', refusal(id, changed, maxChanged), { changed });
  }

  /** Undefined if it is no longer what was read. */
  async #putOver(stored: Stored, id: string, body: JsonObject): Promise<PutConfiguration | undefined> {
    const precondition = stored
      ? ({ kind: 'match', revisions: [stored.revision] } as const)
      : ({ kind: 'absent' } as const);
    try {
      return await this.#parts.registry.putConfiguration(id, body, precondition);
    } catch (error) {
      if (isTwinError(error) && error.code === 'precondition-failed') return undefined;
      throw error;
    }
  }
}

function isSameForDevices(stored: NonNullable<Stored>, input: ConfigurationInput): boolean {
  const { targetCondition, desiredProperties, priority = 0, enforce = false, enabled = true } = input;
  return (
    stored.targetCondition === targetCondition &&
    stored.priority === priority &&
    stored.enforce === enforce &&
    stored.enabled === enabled &&
    canonicalEqual(stored.desiredProperties, desiredProperties)
  );
}

function refusal(id: string, changed: number, maxChanged: number | undefined): string {
  const devices = changed === 1 ? '1 device' : `${changed} devices`;
  return maxChanged === undefined
    ? `storing ${id} would change ${devices}, and this server asks for a bound: look at the preview, then PUT it with ` +
        `?maxChanged=${changed}`
    : `storing ${id} would change ${devices}, more than maxChanged=${maxChanged} allows: look at the preview, and ` +
        'allow as many if that is meant';
}
