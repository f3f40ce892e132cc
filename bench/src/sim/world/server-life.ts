import { Broker } from '@muster/broker';
import { parseCondition } from '@muster/conditions';
import { Reconciler, rolloutRules } from '@muster/reconciler';
import { Registry } from '@muster/registry';
import type { Log, SteadyClock } from '@muster/twin';
import type { Mutation } from '../mutations/mutation.js';
import type { Observation } from '../observation/observation.js';
import type { SimulatedStore } from '../store/simulated-store.js';
import type { Network } from '../transport/network.js';
import { SimulatedEdge } from '../transport/simulated-edge.js';

export interface ServerLifeParts {
  readonly store: SimulatedStore;
  readonly clock: SteadyClock;
  readonly log: Log;
  readonly network: Network;
  readonly mutation: Mutation;
  readonly randomBytes: (count: number) => Buffer;
  readonly later: (turns: number, work: () => void) => void;
  readonly observe: (event: Observation) => void;
}

/** One run of the server from a start to a crash, wired as in `server/`. */
export class ServerLife {
  readonly store: SimulatedStore;
  readonly registry: Registry;
  readonly reconciler: Reconciler;
  readonly edge: SimulatedEdge;
  readonly #broker: Broker;
  readonly #network: Network;

  /** Rejects if a part fails to start; then no part continues. */
  static async start(parts: ServerLifeParts): Promise<ServerLife> {
    const { store, clock, log, network, mutation, randomBytes } = parts;
    const registry = await Registry.open({
      store,
      clock,
      randomBytes,
      checkCondition: (text) => void parseCondition(text, 'target'),
      rollouts: rolloutRules,
    });
    const head = await registry.changeLog.head();
    const reconciler = await Reconciler.start({
      registry,
      clock,
      log,
      ...(mutation.index ? { openIndex: mutation.index } : {}),
      ...(mutation.neverSweeps ? { sweepIntervalMs: Number.MAX_SAFE_INTEGER } : {}),
    });
    const { broker, edge } = await openBroker(parts, { registry, reconciler, head });
    network.accept = (pipe) => edge.accept(pipe);
    return new ServerLife(parts, { registry, reconciler, broker, edge });
  }

  private constructor({ store, network }: ServerLifeParts, { registry, reconciler, broker, edge }: Started) {
    this.store = store;
    this.#network = network;
    this.#broker = broker;
    this.registry = registry;
    this.reconciler = reconciler;
    this.edge = edge;
  }

  /** Stops the parts in the order of `server/`: the listener ends first. */
  async stop(): Promise<void> {
    this.#network.accept = undefined;
    await this.#broker.stop();
    await this.reconciler.stop();
  }
}

interface Started {
  readonly registry: Registry;
  readonly reconciler: Reconciler;
  readonly broker: Broker;
  readonly edge: SimulatedEdge;
}

async function openBroker(
  { store, clock, log, network, mutation, later, observe }: ServerLifeParts,
  { registry, reconciler, head }: { registry: Registry; reconciler: Reconciler; head: number },
): Promise<{ broker: Broker; edge: SimulatedEdge }> {
  let edge: SimulatedEdge | undefined;
  try {
    const broker = await Broker.start({
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
    if (!edge) throw new Error('the broker opened no edge');
    return { broker, edge };
  } catch (error) {
    await reconciler.stop();
    throw error;
  }
}
