import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ListenerConfig } from './settings/config.js';

/** Connections waiting to be accepted: a whole fleet may reconnect at once. */
const MQTT_BACKLOG = 8_192;
/** How long responses in progress may take when the server stops. */
const HTTP_STOP_MS_MAX = 5_000;

export interface Listening {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Hands every connection to `handle`. Stopping accepts no more connections and does not wait: the open ones belong to
 * the broker, which closes them afterwards.
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

/** Stopping waits a while for responses in progress. */
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

/** Connections without a request yet, opened in advance by browsers, proxies and fetch. Node does not count them as idle. */
function unusedConnections(server: FastifyInstance['server']): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return unused;
}

/** A URL of the listener. For the address of all interfaces it names the loopback interface. */
export function urlOf(
  scheme: 'http' | 'mqtt',
  { host, port }: { readonly host: string; readonly port: number },
): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
