import type { Registry, Store } from '@muster/registry';
import { FakeClock, openRegistry } from '@muster/registry/testing';
import { Reconciler } from '../reconciler.js';
import { rolloutRules } from '../rollout/rollout-rules.js';
import type { FlapBound } from '../stability/flap-damping.js';

export interface World {
  readonly clock: FakeClock;
  readonly registry: Registry;
  readonly reconciler: Reconciler;
  /** The messages, in order. */
  readonly logged: readonly string[];
}

/** A registry with a reconciler that sweeps once a minute; `prepare` comes before the reconciler starts. */
export async function startWorld(
  prepare: (registry: Registry) => Promise<unknown> = async () => {},
  store?: Store,
  flapBound?: FlapBound,
): Promise<World> {
  const clock = new FakeClock();
  const registry = await openRegistry({ clock, rollouts: rolloutRules, ...(store ? { store } : {}) });
  await prepare(registry);
  const logged: string[] = [];
  const log = (_level: string, message: string) => void logged.push(message);
  const reconciler = await Reconciler.start({
    ...{ registry, clock, log, sweepIntervalMs: 60_000 },
    ...(flapBound ? { flapBound } : {}),
  });
  return { clock, registry, reconciler, logged };
}
