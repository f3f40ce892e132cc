import type { ConfigurationInput, ConfigurationStatusView, ConfigurationView, Page, PreviewView } from '@muster/api';
import { checkId } from '@muster/twin';
import type { Http, WithETag } from '../transport/http.js';
import { allItems, type PageOptions } from './paging.js';
import type { ReadOptions, WriteOptions } from './write-options.js';

/** With an id, the preview shows the effect of replacing that configuration. */
export interface PreviewInput extends ConfigurationInput {
  readonly id?: string;
}

export interface BoundedOptions extends WriteOptions {
  /** Refuses to change more devices than this with a `conflict`; their number is in `details.changed`. */
  readonly maxChanged?: number;
}

export interface RolloutAction {
  readonly action: 'pause' | 'resume' | 'abort' | 'rollback' | 'promote';
  /** The target of a `rollback`; absent: the stable generation. */
  readonly generation?: number;
}

/** Actions that change devices at once. */
export type BoundedAction = RolloutAction & { readonly action: 'rollback' | 'promote' };

export class Configurations {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  async get(id: string, options: ReadOptions = {}): Promise<ConfigurationView> {
    return (await this.getWithETag(id, options)).value;
  }

  async getWithETag(id: string, { signal }: ReadOptions = {}): Promise<WithETag<ConfigurationView>> {
    return this.#http.json({ method: 'GET', path: pathOf(id), signal });
  }

  /** Yields all configurations in the order of their ids. */
  list(options: Omit<PageOptions, 'cursor'> = {}): AsyncGenerator<ConfigurationView, void, undefined> {
    return allItems((cursor) => this.page({ ...options, ...(cursor !== undefined && { cursor }) }));
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

  /** Resolves with the counts of the current generation and the state of its rollout, if it has one. */
  async status(id: string, { signal }: ReadOptions = {}): Promise<ConfigurationStatusView> {
    return this.#http.value<ConfigurationStatusView>({ method: 'GET', path: `${pathOf(id)}/status`, signal });
  }

  /** Resolves with the changes that storing the configuration would cause; stores nothing. */
  async preview(configuration: PreviewInput, { signal }: ReadOptions = {}): Promise<PreviewView> {
    const request = { method: 'POST', path: '/v1/configurations:preview', json: configuration, signal } as const;
    return this.#http.value<PreviewView>(request);
  }

  /**
   * Resolves with the changes that an action would cause now; does nothing. Rejects with the same errors as the action.
   * Other actions change no device by themselves, except an abort that rolls back: preview that as a rollback.
   */
  async previewRollout(id: string, action: BoundedAction, { signal }: ReadOptions = {}): Promise<PreviewView> {
    const json = { id, [action.action]: action.generation ?? true };
    return this.#http.value<PreviewView>({ method: 'POST', path: '/v1/configurations:preview', json, signal });
  }

  /**
   * Resolves with the status after the action. Rejects with `conflict` if the action does not fit the state of the
   * rollout, and with `not-found` if the generation is no longer stored.
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
