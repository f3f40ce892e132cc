import type { BrokerEdge, EdgeOptions } from '@muster/broker';
import type { Principal } from '@muster/registry';
import { isObject, type JsonObject, TOPICS } from '@muster/twin';
import type { Mutation } from '../mutations/mutation.js';
import type { Observation } from '../observation/observation.js';
import type { Network } from './network.js';
import type { Filters } from './packet.js';
import type { Pipe } from './pipe.js';
import { type Outgoing, ServerConnection } from './server-connection.js';

export interface SimulatedEdgeParts {
  readonly options: EdgeOptions<Principal>;
  readonly network: Network;
  readonly mutation: Mutation;
  readonly later: (turns: number, work: () => void) => void;
  readonly observe: (event: Observation) => void;
  /** The newest desired version of a device. */
  readonly versionOf: (device: string) => number;
}

/** The edge of the broker without Aedes: devices only, and no plain MQTT topics. */
export class SimulatedEdge implements BrokerEdge {
  readonly counters = {} as BrokerEdge['counters'];
  readonly #parts: SimulatedEdgeParts;
  readonly #connections = new Map<string, ServerConnection>();
  #sentCount = 0;
  #isDead = false;

  constructor(parts: SimulatedEdgeParts) {
    this.#parts = parts;
  }

  get connections(): ReadonlyMap<string, ServerConnection> {
    return this.#connections;
  }

  accept(pipe: Pipe): ServerConnection {
    const { network, options, later, observe, mutation } = this.#parts;
    return new ServerConnection({
      pipe,
      hooks: options.hooks,
      later,
      observe: (event) => this.#isDead || observe(event),
      sessionOf: (id, clean) => sessionOf(network, id, clean),
      ready: (connection) => this.#ready(connection),
      ended: (connection) => {
        if (this.#connections.get(connection.id) === connection) this.#connections.delete(connection.id);
      },
      alter: (connection, topic, text) => this.#alter(connection, topic, text),
      alterPublished: (device, topic, text) => {
        if (topic !== TOPICS.reported || !mutation.published) return text;
        return JSON.stringify(mutation.published(JSON.parse(text), this.#parts.versionOf(device)));
      },
    });
  }

  /** The process has ended: it makes no more observations. */
  die(): void {
    this.#isDead = true;
    this.#connections.clear();
  }

  /** Sends the last message to each device again, which no server should do. */
  repeat(): void {
    for (const connection of this.#connections.values()) connection.transmit(TOPICS.desired, '{}', 0);
  }

  handle(): void {}

  async publish(): Promise<void> {}

  retained(): string[] {
    return [];
  }

  /** Behaves as if a service were always listening. */
  awaits(): boolean {
    return true;
  }

  disconnect(id: string, reason: string): void {
    this.#connections.get(id)?.close(reason);
  }

  async forget(id: string, reason: string): Promise<void> {
    this.#parts.network.sessions.delete(id);
    this.#connections.get(id)?.close(reason);
  }

  async close(): Promise<void> {
    for (const connection of [...this.#connections.values()]) connection.close('the server is closing');
  }

  #ready(connection: ServerConnection): void {
    this.#connections.get(connection.id)?.takenOver();
    this.#connections.set(connection.id, connection);
  }

  #alter(connection: ServerConnection, topic: string, text: string): Outgoing[] {
    const { mutation } = this.#parts;
    if (mutation.silences?.includes(topic)) return [];
    if (topic !== TOPICS.desired) return [{ to: connection, text }];
    this.#sentCount += 1;
    const isMisdirected = mutation.misdirectsEvery !== undefined && this.#sentCount % mutation.misdirectsEvery === 0;
    const others = [...this.#connections.values()].filter((one) => one !== connection);
    const to = (isMisdirected ? others[0] : undefined) ?? connection;
    const messages = mutation.sent?.(asObject(JSON.parse(text)));
    return messages ? messages.map((message) => ({ to, text: JSON.stringify(message) })) : [{ to, text }];
  }
}

function sessionOf(network: Network, id: string, clean: boolean): Filters {
  if (clean) network.sessions.delete(id);
  const filters = clean ? undefined : network.sessions.get(id);
  const session: Filters = filters ?? new Map();
  if (!clean) network.sessions.set(id, session);
  return session;
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
