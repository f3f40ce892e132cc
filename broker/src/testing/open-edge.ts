import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Edge, type EdgeOptions } from '../edge/edge.js';
import type { EdgeHooks } from '../edge/edge-hooks.js';

export interface EdgeFixture {
  edge: Edge<string>;
  port: number;
  /** `connected a`, `disconnected a: reason`, `subscribed a: x/1`, in order. */
  events: string[];
  close(): Promise<void>;
}

type Overrides = Partial<Omit<EdgeOptions<string>, 'hooks'>> & { hooks?: Partial<EdgeHooks<string>> };

/** An edge on a free port of the loopback interface. It allows everything; the principal is the client id. */
export async function openEdge(overrides: Overrides = {}): Promise<EdgeFixture> {
  const events: string[] = [];
  const { hooks, ...options } = overrides;
  const edge = await Edge.create<string>({
    log: () => {},
    isDirect: (filter) => filter.startsWith('$twin/'),
    ...options,
    hooks: { ...openHooks(events), ...hooks },
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
  return { edge, port, events, close };
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

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
