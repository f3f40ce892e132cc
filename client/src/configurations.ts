import type { ConfigurationInput, ConfigurationStatusView, ConfigurationView, Page, PreviewView } from '@muster/api';
import { checkId } from '@muster/twin';
import type { Answer, Http } from './http.js';
import { eachItem, type PageOptions } from './paging.js';
import type { ReadOptions, WriteOptions } from './write-options.js';

/** With an id, the preview is of replacing that configuration. */
export interface PreviewInput extends ConfigurationInput {
  readonly id?: string;
}

export interface BoundedOptions extends WriteOptions {
  /** What would change more devices is not done: a `conflict`, with their number in `details.changed`. */
  readonly maxChanged?: number;
}

export interface RolloutAction {
  readonly action: 'pause' | 'resume' | 'abort' | 'rollback' | 'promote';
  /** For `rollback`; absent: the stable one. */
  readonly generation?: number;
}

/** Those that change devices at once. */
export type BoundedAction = RolloutAction & { readonly action: 'rollback' | 'promote' };

export class Configurations {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  async get(id: string, options: ReadOptions = {}): Promise<ConfigurationView> {
    return (await this.getWithETag(id, options)).value;
  }

  async getWithETag(id: string, { signal }: ReadOptions = {}): Promise<Answer<ConfigurationView>> {
    return this.#http.json({ method: 'GET', path: pathOf(id), signal });
  }

  /** Every configuration in the order of ids. */
  list(options: Omit<PageOptions, 'cursor'> = {}): AsyncGenerator<ConfigurationView, void, undefined> {
    return eachItem((cursor) => this.page({ ...options, ...(cursor !== undefined && { cursor }) }));
  }

  async page({ limit, cursor, signal }: PageOptions = {}): Promise<Page<ConfigurationView>> {
    const request = { method: 'GET', path: '/v1/configurations', query: { limit, cursor }, signal } as const;
    return this.#http.value<Page<ConfigurationView>>(request);
  }

  async put(
    id: string,
    configuration: ConfigurationInput,
    { maxChanged, ...options }: BoundedOptions = {},
  ): Promise<ConfigurationView> {
    const request = {
      method: 'PUT',
      path: pathOf(id),
      query: { maxChanged },
      json: configuration,
      ...options,
    } as const;
    return this.#http.value<ConfigurationView>(request);
  }

  async remove(id: string, { maxChanged, ...options }: BoundedOptions = {}): Promise<void> {
    return this.#http.send({ method: 'DELETE', path: pathOf(id), query: { maxChanged }, ...options });
  }

  /** Counts for the current generation, and how its rollout stands if there is one. */
  async status(id: string, { signal }: ReadOptions = {}): Promise<ConfigurationStatusView> {
    return this.#http.value<ConfigurationStatusView>({ method: 'GET', path: `${pathOf(id)}/status`, signal });
  }

  /** What storing the configuration would change; nothing is stored. */
  async preview(configuration: PreviewInput, { signal }: ReadOptions = {}): Promise<PreviewView> {
    const request = { method: 'POST', path: '/v1/configurations:preview', json: configuration, signal } as const;
    return this.#http.value<PreviewView>(request);
  }

  /**
   * What an action would change as the rollout stands; nothing is done. What the action would be refused with, it is
   * refused with, too. Another action changes no device by itself, or what a rollback changes.
   */
  async previewRollout(id: string, action: BoundedAction, { signal }: ReadOptions = {}): Promise<PreviewView> {
    const json = { id, [action.action]: action.generation ?? true };
    return this.#http.value<PreviewView>({ method: 'POST', path: '/v1/configurations:preview', json, signal });
  }

  /**
   * Answers the status after it. An action that does not fit the state of the rollout is a `conflict`, a generation
   * that is not kept any more `not-found`.
   */
  async rollout(
    id: string,
    action: RolloutAction,
    { maxChanged, ...options }: BoundedOptions = {},
  ): Promise<ConfigurationStatusView> {
    const path = `${pathOf(id)}/rollout`;
    const request = { method: 'POST', path, query: { maxChanged }, json: action, ...options } as const;
    return this.#http.value<ConfigurationStatusView>(request);
  }
}

function pathOf(id: string): string {
  return `/v1/configurations/${encodeURIComponent(checkId(id))}`;
}
