import { Broker } from '@muster/broker';
import { parseCondition } from '@muster/conditions';
import { Reconciler } from '@muster/reconciler';
import { Registry } from '@muster/registry';
import type { Clock, Log } from '@muster/twin';
import type { Mutation } from './mutation.js';
import type { Observed } from './observed.js';
import type { SimulatedStore } from './store/simulated-store.js';
import type { Network } from './transport/network.js';
import { SimulatedEdge } from './transport/simulated-edge.js';

export interface ServerLifeParts {
  readonly store: SimulatedStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly network: Network;
  readonly mutation: Mutation;
  readonly randomBytes: (count: number) => Buffer;
  readonly later: (turns: number, work: () => void) => void;
  readonly observe: (event: Observed) => void;
}

/** The parts of the server from a start to a crash, put together as `server/` does it. */
export class ServerLife {
  readonly store: SimulatedStore;
  readonly registry: Registry;
  readonly reconciler: Reconciler;
  readonly edge: SimulatedEdge;

  /** Rejects when a part could not start: then nothing of it goes on. */
  static async start(parts: ServerLifeParts): Promise<ServerLife> {
    const { store, clock, log, network, mutation, randomBytes } = parts;
    const registry = await Registry.open({
      store,
      clock,
      randomBytes,
      checkCondition: (text) => void parseCondition(text, 'target'),
    });
    const { head } = await registry.changes(Number.MAX_SAFE_INTEGER, 0);
    const reconciler = await Reconciler.start({
      registry,
      clock,
      log,
      ...(mutation.index ? { index: mutation.index() } : {}),
      ...(mutation.neverSweeps ? { sweepIntervalMs: Number.MAX_SAFE_INTEGER } : {}),
    });
    const edge = await openBroker(parts, { registry, reconciler, head });
    network.accept = (pipe) => edge.accept(pipe);
    return new ServerLife(store, { registry, reconciler, edge });
  }

  private constructor(
    store: SimulatedStore,
    { registry, reconciler, edge }: { registry: Registry; reconciler: Reconciler; edge: SimulatedEdge },
  ) {
    this.store = store;
    this.registry = registry;
    this.reconciler = reconciler;
    this.edge = edge;
  }
}

async function openBroker(
  { store, clock, log, network, mutation, later, observe }: ServerLifeParts,
  { registry, reconciler, head }: { registry: Registry; reconciler: Reconciler; head: number },
): Promise<SimulatedEdge> {
  let edge: SimulatedEdge | undefined;
  try {
    await Broker.start({
      registry,
      clock,
      log,
      isToken: () => false,
      head,
      wereConnected: reconciler.connected,
      openEdge: async (options) => {
        const versionOf = (device: string): number => store.versionOf(device);
        edge = new SimulatedEdge({ options, network, mutation, later, observe, versionOf });
        return edge;
      },
    });
  } catch (error) {
    await reconciler.stop();
    throw error;
  }
  if (!edge) throw new Error('the broker opened no edge');
  return edge;
}
