import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Edge, type EdgeOptions } from '../edge/edge.js';
import type { EdgeClient } from '../edge/edge-client.js';
import type { EdgeHooks } from '../edge/edge-hooks.js';
import { systemClock } from './system-clock.js';

export interface EdgeFixture {
  edge: Edge<string>;
  port: number;
  /** `connected a`, `disconnected a: reason`, `subscribed a: x/1`, in order. */
  events: string[];
  /** Clients that the hooks know, by id: from `connected` to `disconnected`. */
  clients: Map<string, EdgeClient<string>>;
  close(): Promise<void>;
}

type Overrides = Partial<Omit<EdgeOptions<string>, 'hooks'>> & { hooks?: Partial<EdgeHooks<string>> };

/**
 * Opens an edge on a free port of the loopback interface. It allows everything; the principal is the client id. With
 * `MUSTER_TEST_READER=parser` in the environment the parser reads every packet.
 */
export async function openEdge(overrides: Overrides = {}): Promise<EdgeFixture> {
  const events: string[] = [];
  const clients = new Map<string, EdgeClient<string>>();
  const { hooks, ...options } = overrides;
  const edge = await Edge.create<string>({
    clock: systemClock(),
    log: () => {},
    isDirect: (filter) => filter.startsWith('$twin/'),
    readsDirectly: process.env.MUSTER_TEST_READER !== 'parser',
    ...options,
    hooks: tracked({ ...openHooks(events), ...hooks }, clients),
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    edge.handle(socket);
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    server.close();
    await edge.close();
    for (const socket of sockets) socket.destroy();
  };
  return { edge, port, events, clients, close };
}

function openHooks(events: string[]): EdgeHooks<string> {
  return {
    authenticate: async (request) => ({ principal: request.clientId }),
    maySubscribe: () => true,
    mayReceive: () => true,
    mayWill: () => true,
    publish: () => 'forward',
    connected: (client) => events.push(`connected ${client.id}`),
    disconnected: (client, reason) => events.push(`disconnected ${client.id}: ${reason}`),
    subscribed: (client, filters) =>
      events.push(`subscribed ${client.id}: ${filters.map(({ filter, qos }) => `${filter}/${qos}`).join(' ')}`),
    unsubscribed: (client, filters) => events.push(`unsubscribed ${client.id}: ${filters.join(' ')}`),
  };
}

/** Returns the hooks, extended to keep the map of clients. */
function tracked(hooks: EdgeHooks<string>, clients: Map<string, EdgeClient<string>>): EdgeHooks<string> {
  return {
    ...hooks,
    connected: (client) => {
      clients.set(client.id, client);
      hooks.connected(client);
    },
    disconnected: (client, reason) => {
      clients.delete(client.id);
      hooks.disconnected(client, reason);
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
