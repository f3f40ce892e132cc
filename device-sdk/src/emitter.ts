type Listener<Payload> = (payload: Payload) => void;

/** A small typed emitter. `Events` maps the name of an event to its payload. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Adds a listener; the returned function removes it. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Resolves with the next event of this name. */
  once<Name extends keyof Events>(name: Name): Promise<Events[Name]> {
    return new Promise((resolve) => {
      const stop = this.on(name, (payload) => {
        stop();
        resolve(payload);
      });
    });
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) call(listener as Listener<Events[Name]>, payload);
  }
}

/** Calls a listener. An error it throws is a bug: it surfaces as an uncaught error and stops no other listener. */
function call<Payload>(listener: Listener<Payload>, payload: Payload): void {
  try {
    listener(payload);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
