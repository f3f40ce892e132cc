import type { SessionStore } from '../sessions/session-store.js';
import { AedesBase, type AedesClient, type Deliver } from './aedes-fields.js';
import type { Message } from './fan-out.js';

interface MusterAedesOptions {
  id: string;
  connectTimeoutMs: number;
  sessions: SessionStore;
  isDirect: (filter: string) => boolean;
  publish: (message: Message) => Promise<void>;
  onStoreFailure: (error: unknown) => void;
}

/** Aedes without its own traffic: connections, keep alive, wills and the table of live subscriptions remain. */
export class MusterAedes extends AedesBase {
  readonly #isDirect: (filter: string) => boolean;
  readonly #publish: (message: Message) => Promise<void>;
  readonly #onStoreFailure: (error: unknown) => void;

  constructor(options: MusterAedesOptions) {
    super({
      id: options.id,
      connectTimeout: options.connectTimeoutMs,
      persistence: options.sessions,
      // No limit: a full socket must not delay deliveries to others, and is bounded itself.
      concurrency: 0,
      // MQTT 3.1 limits ids to 23 characters, but no client in use keeps to that.
      maxClientsIdLength: 65_535,
    });
    this.#isDirect = options.isDirect;
    this.#publish = options.publish;
    this.#onStoreFailure = options.onStoreFailure;
  }

  /** Called for wills and for Aedes' own `$SYS` messages; the latter are dropped. */
  override publish(packet: Message, client: unknown, done?: unknown): void {
    const callback = (typeof client === 'function' ? client : done) as ((error?: Error) => void) | undefined;
    if (packet.topic.startsWith('$SYS/')) callback?.();
    else
      this.#publish(packet).then(
        () => callback?.(),
        (error: Error) => {
          this.#onStoreFailure(error);
          callback?.(error);
        },
      );
  }

  /** Direct filters are granted and stored, but not given to the emitter. */
  override subscribe(filter: string, deliver: Deliver, done?: () => void): void {
    if (this.#isDirect(filter)) done?.();
    else super.subscribe(filter, deliver, done);
  }

  override unsubscribe(filter: string, deliver: Deliver, done?: () => void): void {
    if (this.#isDirect(filter)) done?.();
    else super.unsubscribe(filter, deliver, done);
  }

  /** From here on the id belongs to the newest connection, even if the older one is still closing [MQTT-3.1.4-2]. */
  override registerClient(client: AedesClient): void {
    if (client.closed) return;
    const older = this.clients[client.id];
    if (older === undefined) this.connectedClients++;
    this.clients[client.id] = client;
    this.emit('client', client);
    if (older !== undefined && older !== client) older.edge.close('taken over by a newer connection');
  }

  override unregisterClient(client: AedesClient): void {
    if (this.clients[client.id] !== client) return;
    this.connectedClients--;
    delete this.clients[client.id];
  }
}
