import type {
  DeviceView,
  ExplainView,
  ImportResult,
  Page,
  PlanView,
  Registration,
  RegistrationPatch,
} from '@muster/api';
import { checkId } from '@muster/twin';
import type { Answer, Http, HttpRequest } from './http.js';
import { type ImportLine, importDevices } from './import-devices.js';
import { eachItem, type PageOptions } from './paging.js';
import type { ReadOptions, WriteOptions } from './write-options.js';

export interface Query {
  /** In the condition language; absent: every device. */
  readonly where?: string;
  /** Paths to trim the items to, such as `id`, `tags.region`. */
  readonly select?: readonly string[];
  /** Items per page. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export class Devices {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  async get(id: string, options: ReadOptions = {}): Promise<DeviceView> {
    return (await this.getWithETag(id, options)).value;
  }

  async getWithETag(id: string, { signal }: ReadOptions = {}): Promise<Answer<DeviceView>> {
    return this.#http.json({ method: 'GET', path: pathOf(id), signal });
  }

  /** Every device in the order of ids. */
  list({ limit, signal }: Omit<PageOptions, 'cursor'> = {}): AsyncGenerator<DeviceView, void, undefined> {
    return this.query({ ...(limit && { limit }), ...(signal && { signal }) });
  }

  async page({ limit, cursor, signal }: PageOptions = {}): Promise<Page<DeviceView>> {
    return this.#page({ limit, cursor }, signal);
  }

  /** The devices for which the condition is TRUE; with `select`, only the parts named. */
  query(query: Query & { readonly select: readonly string[] }): AsyncGenerator<Partial<DeviceView>, void, undefined>;
  query(query: Query): AsyncGenerator<DeviceView, void, undefined>;
  query({ where, select, limit, signal }: Query): AsyncGenerator<DeviceView, void, undefined> {
    return eachItem((cursor) => this.#page({ where, select: select?.join(','), limit, cursor }, signal));
  }

  /** How the server finds the devices of a query; counts are of the moment. */
  async explainQuery(where: string, { signal }: ReadOptions = {}): Promise<PlanView> {
    const query = { where, explain: 'true', select: 'id', limit: 1 };
    return (await this.#http.value<{ plan: PlanView }>({ method: 'GET', path: '/v1/devices', query, signal })).plan;
  }

  /**
   * Registers or replaces. Without `auth`, a new device gets a `secret` that this answer alone carries: such a
   * request is not repeated after a network error, since the repetition would find the device and tell no secret.
   */
  async register(id: string, registration: Registration = {}, options: WriteOptions = {}): Promise<DeviceView> {
    const isRepeatable = registration.auth !== undefined;
    const request = { method: 'PUT', path: pathOf(id), json: registration, isRepeatable, ...options } as const;
    return this.#http.value<DeviceView>(request);
  }

  /** A merge patch of what operators write; `null` returns to the default. */
  async patch(id: string, patch: RegistrationPatch, options: WriteOptions = {}): Promise<DeviceView> {
    const contentType = 'application/merge-patch+json';
    const request = { method: 'PATCH', path: pathOf(id), json: patch, contentType, ...options } as const;
    return this.#http.value<DeviceView>(request);
  }

  async remove(id: string, options: WriteOptions = {}): Promise<void> {
    return this.#http.send({ method: 'DELETE', path: pathOf(id), ...options });
  }

  /** Streams registrations to the server and its results back, in the same order; a failed line stops nothing. */
  import(
    lines: AsyncIterable<ImportLine> | Iterable<ImportLine>,
    { signal }: ReadOptions = {},
  ): AsyncGenerator<ImportResult, void, undefined> {
    return importDevices(this.#http, lines, signal);
  }

  /** Which layer won each path of the desired document, and what it beat. */
  async explain(id: string, { signal }: ReadOptions = {}): Promise<ExplainView> {
    return this.#http.value<ExplainView>({ method: 'GET', path: `${pathOf(id)}/explain`, signal });
  }

  #page(query: NonNullable<HttpRequest['query']>, signal: AbortSignal | undefined): Promise<Page<DeviceView>> {
    return this.#http.value({ method: 'GET', path: '/v1/devices', query, signal });
  }
}

function pathOf(id: string): string {
  return `/v1/devices/${encodeURIComponent(checkId(id))}`;
}
