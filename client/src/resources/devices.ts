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
import type { Http, HttpRequest, WithETag } from '../transport/http.js';
import { type ImportLine, importDevices } from './import-devices.js';
import { allItems, type PageOptions } from './paging.js';
import type { ReadOptions, WriteOptions } from './write-options.js';

export interface Query {
  /** A text in the condition language; absent: all devices. */
  readonly where?: string;
  /** Paths of the parts to return, such as `id`, `tags.region`. */
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

  async getWithETag(id: string, { signal }: ReadOptions = {}): Promise<WithETag<DeviceView>> {
    return this.#http.json({ method: 'GET', path: pathOf(id), signal });
  }

  /** Yields all devices in the order of their ids. */
  list({ limit, signal }: Omit<PageOptions, 'cursor'> = {}): AsyncGenerator<DeviceView, void, undefined> {
    return this.query({ ...(limit && { limit }), ...(signal && { signal }) });
  }

  async page({ limit, cursor, signal }: PageOptions = {}): Promise<Page<DeviceView>> {
    return this.#page({ limit, cursor }, signal);
  }

  /** Yields the devices for which the condition is TRUE; with `select`, only the named parts. */
  query(query: Query & { readonly select: readonly string[] }): AsyncGenerator<Partial<DeviceView>, void, undefined>;
  query(query: Query): AsyncGenerator<DeviceView, void, undefined>;
  query({ where, select, limit, signal }: Query): AsyncGenerator<DeviceView, void, undefined> {
    return allItems((cursor) => this.#page({ where, select: select?.join(','), limit, cursor }, signal));
  }

  /** Resolves with the plan of a query: how the server finds its devices now. */
  async explainQuery(where: string, { signal }: ReadOptions = {}): Promise<PlanView> {
    const query = { where, explain: 'true', select: 'id', limit: 1 };
    return (await this.#http.value<{ plan: PlanView }>({ method: 'GET', path: '/v1/devices', query, signal })).plan;
  }

  /**
   * Registers or replaces a device. Without `auth`, the answer for a new device has a generated `secret`, once. Such a
   * request is not retried after a network error: a retry would find the device and return no secret.
   */
  async register(id: string, registration: Registration = {}, options: WriteOptions = {}): Promise<DeviceView> {
    const isRepeatable = registration.auth !== undefined;
    const request = { method: 'PUT', path: pathOf(id), json: registration, isRepeatable, ...options } as const;
    return this.#http.value<DeviceView>(request);
  }

  /** Applies a merge patch to the registration; `null` restores a default. */
  async patch(id: string, patch: RegistrationPatch, options: WriteOptions = {}): Promise<DeviceView> {
    const contentType = 'application/merge-patch+json';
    const request = { method: 'PATCH', path: pathOf(id), json: patch, contentType, ...options } as const;
    return this.#http.value<DeviceView>(request);
  }

  async remove(id: string, options: WriteOptions = {}): Promise<void> {
    return this.#http.send({ method: 'DELETE', path: pathOf(id), ...options });
  }

  /** Streams registrations to the server and yields its results in order; a failed line does not stop the rest. */
  import(
    lines: AsyncIterable<ImportLine> | Iterable<ImportLine>,
    { signal }: ReadOptions = {},
  ): AsyncGenerator<ImportResult, void, undefined> {
    return importDevices(this.#http, lines, signal);
  }

  /** Resolves with the layer that won each path of the desired document, and the layers it beat. */
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
