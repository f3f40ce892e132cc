/**
 * Whether any service may be listening to events, so that a fleet without listeners costs nothing. A session
 * that outlives its connection counts for good: what it subscribed to is not known here.
 */
export class ServiceListeners {
  readonly #filters = new Map<string, Set<string>>();
  #hasLasting = false;

  get hasAny(): boolean {
    return this.#hasLasting || this.#filters.size > 0;
  }

  connected(client: { readonly clean: boolean }): void {
    if (!client.clean) this.#hasLasting = true;
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
