import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { problemOf } from '@muster/api';
import { canonicalEqual, type JsonObject, mergePatch, TwinError } from '@muster/twin';

export const FAKE_TOKEN = 'the-token-of-the-fake-server';
const PREVIEW = 'POST /v1/configurations:preview';
const PAGE_ITEMS = 2;
const AT = '2026-01-02T03:04:05.000Z';

/** Implements the part of the HTTP API that the command line needs, in memory. */
export class FakeServer {
  readonly devices = new Map<string, JsonObject>();
  readonly configurations = new Map<string, JsonObject>();
  /** Fixed answers to GET or POST of a path, for answers that a fake cannot compute. */
  readonly answers = new Map<string, JsonObject>();
  /** Devices that any configuration would change, for previews and bounds. */
  changed = 0;
  /** Whether to refuse a write of a configuration without a bound. */
  isBoundRequired = false;
  readonly refusals = new Map<string, TwinError>();
  /** Server-sent events of the change feed, sent to every client. */
  events = '';
  readonly requests: string[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', 'http://fake');
      this.requests.push(`${request.method} ${url.pathname}${url.search}`);
      if (!url.pathname.startsWith('/v1/')) response.end('{}');
      else if (url.pathname === '/v1/changes') this.#feed(response);
      else await this.#answer(request, response, url);
    } catch (error) {
      if (!(error instanceof TwinError)) throw error;
      const problem = problemOf(error);
      response.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
    }
  }

  #feed(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(this.events);
  }

  async #answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (request.headers.authorization !== `Bearer ${FAKE_TOKEN}`) throw new TwinError('unauthorized', 'no such token');
    const key = `${request.method} ${url.pathname}`;
    const [refusal, answer] = [this.refusals.get(key), this.answers.get(key)];
    if (refusal) throw refusal;
    if (url.pathname.endsWith('/rollout')) this.#mustBeWithin(url);
    if (key === 'POST /v1/devices:import') response.end(this.#import(await text(request)));
    else if (key === PREVIEW && !answer) response.end(JSON.stringify(previewView(this.changed)));
    else response.end(JSON.stringify(answer ?? this.#handle(request.method ?? '', url, await body(request))));
  }

  #mustBeWithin({ searchParams }: URL): void {
    const bound = searchParams.get('maxChanged');
    if (bound === null && !this.isBoundRequired) return;
    if (this.changed > Number(bound)) throw new TwinError('conflict', 'too many', { changed: this.changed });
  }

  #import(lines: string): string {
    return lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const { id } = JSON.parse(line) as { id: string };
        if (id.includes(' ')) return `${JSON.stringify({ id, status: 400, code: 'bad-id', detail: 'no id' })}\n`;
        const status = this.devices.has(id) ? 200 : 201;
        this.devices.set(id, { id });
        return `${JSON.stringify({ id, status })}\n`;
      })
      .join('');
  }

  #handle(method: string, url: URL, content: JsonObject): JsonObject {
    const [, , kind = '', id] = url.pathname.split('/').map(decodeURIComponent);
    const things = kind === 'devices' ? this.devices : this.configurations;
    if (id === undefined) return page([...things.values()], url);
    const before = things.get(id);
    if (before === undefined && method !== 'PUT') throw new TwinError('not-found', `there is no ${id}`);
    if (['PUT', 'DELETE'].includes(method) && kind === 'configurations') this.#mustBeWithin(url);
    if (method === 'DELETE') things.delete(id);
    if (method === 'PATCH') things.set(id, mergePatch(before, content));
    if (method === 'PUT')
      things.set(id, kind === 'devices' ? deviceView(id, content) : configurationView(id, content, before));
    const secret =
      kind === 'devices' && method === 'PUT' && !before && !content.auth ? { secret: 'made-by-the-server' } : {};
    return { ...things.get(id), ...secret };
  }
}

export function previewView(changed: number): JsonObject {
  const numbers = {
    matched: changed,
    entering: changed,
    leaving: 0,
    changed,
    atOnce: changed,
    overridden: 0,
    problems: 0,
  };
  const changes = changed > 0 ? [{ path: '/speed', before: 1, after: 20, devices: changed }] : [];
  return { ...numbers, paths: [], conflicts: [], changes, changesLeftOut: 0, sample: [], indexable: true };
}

function page(items: readonly JsonObject[], url: URL): JsonObject {
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const end = start + PAGE_ITEMS;
  return { items: items.slice(start, end), ...(end < items.length && { cursor: String(end) }) };
}

async function body(request: IncomingMessage): Promise<JsonObject> {
  return JSON.parse((await text(request)) || '{}') as JsonObject;
}

export function deviceView(id: string, { tags = {}, name = id, desired = {} }: JsonObject = {}): JsonObject {
  const [desiredVersion, reportedVersion, reported, configurations] = [0, 0, {}, []];
  const documents = { tags, desired, desiredVersion, ownDesired: desired, reported, reportedVersion };
  return { id, name, enabled: true, ...documents, configurations, connected: false, createdAt: AT };
}

export function configurationView(id: string, content: JsonObject, before?: JsonObject): JsonObject {
  const input = { priority: 0, enabled: true, enforce: false, labels: {}, ...content };
  const { id: _, generation = 0, createdAt: __, updatedAt: ___, indexable: ____, ...old } = before ?? {};
  const isSame = canonicalEqual(old, input);
  const added = { generation: Number(generation) + (isSame ? 0 : 1), createdAt: AT, updatedAt: AT, indexable: true };
  return { id, ...input, ...added };
}
