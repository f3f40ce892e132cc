import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, type ClientOptions } from '../client.js';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type Handler = (request: Received, response: ServerResponse) => void;

/** A fake server: answers each request with the next handler of the test, and keeps using the last one. */
export class Wire {
  readonly received: Received[] = [];
  readonly #server: Server;
  #handlers: Handler[] = [];

  private constructor(serve?: Serve) {
    this.#server = createServer((request, response) => {
      // Tests include clients that disconnect in the middle of a request.
      (serve ?? this.#serve.bind(this))(request, response).catch(() => response.destroy());
    });
  }

  /** For answers that start before the request has ended. */
  static async openRaw(serve: Serve): Promise<Wire> {
    const wire = new Wire(serve);
    await wire.#listen();
    return wire;
  }

  static async open(...handlers: Handler[]): Promise<Wire> {
    const wire = new Wire();
    wire.#handlers = handlers;
    await wire.#listen();
    return wire;
  }

  /** Delays are short, because the random factor is small. */
  client(options: Partial<ClientOptions> = {}): Client {
    const { port } = this.#server.address() as AddressInfo;
    return new Client({ url: `http://127.0.0.1:${port}/`, token: 'secret', random: () => 0.001, ...options });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.setEncoding('utf8');
    let body = '';
    for await (const text of request) body += text;
    const { method = '', url = '', headers } = request;
    this.received.push({ method, url, headers, body });
    const [handler] = this.#handlers.length > 1 ? this.#handlers.splice(0, 1) : this.#handlers;
    handler?.(this.received.at(-1) as Received, response);
  }
}

export function answer(status: number, value: unknown, headers: Record<string, string> = {}): Handler {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  };
}

export function problem(status: number, code: string, more: object = {}): Handler {
  const body = { type: 'about:blank', title: code, status, code, detail: `this is ${code}`, ...more };
  return answer(status, body, { 'content-type': 'application/problem+json' });
}

/** Breaks the connection instead of answering. */
export const disconnect: Handler = (_request, response) => void response.socket?.destroy();
