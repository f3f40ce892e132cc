/** Stands for the filters of a resumed session; no filter is empty [MQTT-4.7.3-1]. */
const RESUMED = '';

/**
 * Connected services that may be listening to events, so that a fleet without listeners costs nothing. A resumed
 * session counts as listening while it is connected, because its old filters are not reported again. The session store
 * knows the services that are not connected.
 */
export class ServiceListeners {
  readonly #filters = new Map<string, Set<string>>();

  get hasAny(): boolean {
    return this.#filters.size > 0;
  }

  connected({ id, clean }: { readonly id: string; readonly clean: boolean }): void {
    if (!clean) this.subscribed(id, [RESUMED]);
  }

  subscribed(id: string, filters: readonly string[]): void {
    const known = this.#filters.get(id) ?? new Set();
    for (const filter of filters) known.add(filter);
    if (known.size > 0) this.#filters.set(id, known);
  }

  unsubscribed(id: string, filters: readonly string[]): void {
    const known = this.#filters.get(id);
    for (const filter of filters) known?.delete(filter);
    if (known?.size === 0) this.#filters.delete(id);
  }

  disconnected(id: string): void {
    this.#filters.delete(id);
  }
}
