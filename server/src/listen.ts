import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ListenerConfig } from './settings/config.js';

/** Connections that wait to be taken: a whole fleet may come back at once. */
const MQTT_BACKLOG = 8_192;
/** How long answers that are under way may take when the server stops. */
const HTTP_STOP_MS_MAX = 5_000;

export interface Listening {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Hands every connection to `handle`. Stopping takes no more of them and does not wait: those that are open belong
 * to the broker, which ends them afterwards.
 */
export function listenMqtt({ host, port }: ListenerConfig, handle: (socket: Duplex) => void): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true, keepAlive: true }, (socket: Socket) => handle(socket));
    const stop = async (): Promise<void> => void server.close();
    server.once('error', reject);
    server.listen({ host, port, backlog: MQTT_BACKLOG }, () => {
      resolve({ host, port: (server.address() as AddressInfo).port, stop });
    });
  });
}

/** Stopping lets answers under way finish, for a while. */
export async function listenHttp({ host, port }: ListenerConfig, app: FastifyInstance): Promise<Listening> {
  const unused = unusedConnections(app.server);
  await app.listen({ host, port });
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => app.server.closeAllConnections(), HTTP_STOP_MS_MAX);
    const closing = app.close();
    for (const socket of unused) socket.destroy();
    await closing;
    clearTimeout(timer);
  };
  return { host, port: (app.server.address() as AddressInfo).port, stop };
}

/** Opened in advance by browsers, proxies and fetch: Node counts only those as idle that have had a request. */
function unusedConnections(server: FastifyInstance['server']): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return unused;
}

/** An address as it is written in a URL; one that means "every address" is reached by the loopback one. */
export function urlOf(
  scheme: 'http' | 'mqtt',
  { host, port }: { readonly host: string; readonly port: number },
): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
