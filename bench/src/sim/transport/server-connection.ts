import type { EdgeClient, EdgeHooks, Qos } from '@muster/broker';
import type { DevicePrincipal, Principal } from '@muster/registry';
import { isObject, type JsonObject, TOPICS } from '@muster/twin';
import type { Observation } from '../observation/observation.js';
import type { Done, Filters, ToServer } from './packet.js';
import type { Pipe, PipeEnd } from './pipe.js';

interface ConnectionParts {
  readonly pipe: Pipe;
  readonly hooks: EdgeHooks<Principal>;
  readonly sessionOf: (id: string, clean: boolean) => Filters;
  readonly later: (turns: number, work: () => void) => void;
  readonly observe: (event: Observation) => void;
  readonly ready: (connection: ServerConnection) => void;
  readonly ended: (connection: ServerConnection) => void;
  /** Replaces a message and its recipient. */
  readonly alter: (connection: ServerConnection, topic: string, text: string) => readonly Outgoing[];
  readonly alterPublished: (device: string, topic: string, text: string) => string;
}

export interface Outgoing {
  readonly to: ServerConnection;
  readonly text: string;
}

type Outcome = Awaited<ReturnType<EdgeHooks<Principal>['publish']>>;

/** The server's end of a device's connection, with the contract of the edge towards the broker. */
export class ServerConnection implements EdgeClient<DevicePrincipal>, PipeEnd<ToServer> {
  readonly id: string;
  readonly principal: DevicePrincipal;
  readonly remoteAddress = '';
  clean = true;
  readonly #parts: ConnectionParts;
  readonly #waiting: ToServer[] = [];
  readonly #owed = new Map<number, Done>();
  /** Publishes in the order of their arrival, which is the order of their acknowledgements. */
  #line: Promise<void> = Promise.resolve();
  #filters: Filters = new Map();
  #lastId = 0;
  #phase: 'new' | 'connecting' | 'ready' | 'closing' | 'ended' = 'new';
  #reason = '';

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.id = parts.pipe.device;
    this.principal = { kind: 'device', id: this.id };
  }

  get isOpen(): boolean {
    return this.#phase === 'ready';
  }

  get resumes(): boolean {
    return this.#filters.size > 0;
  }

  subscription(filter: string): Qos | undefined {
    return this.#filters.get(filter);
  }

  send(topic: string, payload: Buffer | string, qos: 0 | 1, done: Done): void {
    const { later, alter } = this.#parts;
    const text = payload.toString();
    if (!this.isOpen || qos !== 1) {
      later(1, () => done('closed'));
      return;
    }
    this.#lastId += 1;
    this.#owed.set(this.#lastId, done);
    for (const one of alter(this, topic, text)) one.to.transmit(topic, one.text, this.#lastId);
  }

  transmit(topic: string, text: string, id: number): void {
    this.#parts.observe({ kind: 'sent', connection: this, topic, text });
    this.#parts.pipe.sendToDevice({ kind: 'publish', id, topic, text });
  }

  close(reason: string): void {
    if (this.#phase === 'ended' || this.#phase === 'closing') return;
    this.#reason ||= reason;
    const wasReady = this.#phase === 'ready';
    this.#phase = 'closing';
    this.#parts.later(1, () => {
      this.#finish(wasReady);
      this.#parts.pipe.abandonServer();
      this.#parts.pipe.endAtDevice(reason);
    });
  }

  /** Closes at once, because the same device has opened a newer connection. */
  takenOver(): void {
    const wasReady = this.#phase === 'ready' || this.#phase === 'closing';
    this.#reason ||= 'taken over by a newer connection';
    this.#finish(wasReady);
    this.#parts.pipe.abandonServer();
    this.#parts.pipe.endAtDevice(this.#reason);
  }

  closed(reason: string): void {
    this.#reason ||= reason;
    this.#finish(this.#phase === 'ready' || this.#phase === 'closing');
  }

  receive(packet: ToServer): void {
    if (packet.kind === 'connect') this.#connect(packet);
    else if (this.#phase === 'connecting') this.#waiting.push(packet);
    else if (this.isOpen) this.#dispatch(packet);
  }

  #connect({ username, password, clean }: Extract<ToServer, { kind: 'connect' }>): void {
    this.#phase = 'connecting';
    this.clean = clean;
    const request = { clientId: this.id, username, password: Buffer.from(password), clean, remoteAddress: '' };
    this.#parts.hooks.authenticate(request).then(
      (answer) => ('principal' in answer ? this.#ready() : this.close('refused')),
      () => this.close('could not be authenticated'),
    );
  }

  #ready(): void {
    if (this.#phase !== 'connecting') return;
    this.#filters = this.#parts.sessionOf(this.id, this.clean);
    this.#phase = 'ready';
    this.#parts.pipe.sendToDevice({ kind: 'connack' });
    this.#parts.ready(this);
    this.#parts.observe({ kind: 'connected', connection: this });
    this.#parts.hooks.connected(this);
    for (const packet of this.#waiting.splice(0)) this.receive(packet);
  }

  #dispatch(packet: Exclude<ToServer, { kind: 'connect' }>): void {
    switch (packet.kind) {
      case 'subscribe':
        this.#subscribe(packet.filters);
        break;
      case 'publish':
        this.#publish(packet);
        break;
      case 'puback':
        this.#owed.get(packet.id)?.('acknowledged');
        this.#owed.delete(packet.id);
        break;
    }
  }

  #subscribe(filters: readonly string[]): void {
    const { hooks, pipe, observe } = this.#parts;
    const granted = filters.filter((filter) => hooks.maySubscribe(this.principal, filter, this.id));
    for (const filter of granted) this.#filters.set(filter, 1);
    pipe.sendToDevice({ kind: 'suback', granted: granted.length === filters.length });
    observe({ kind: 'subscribed', connection: this });
    hooks.subscribed(
      this,
      granted.map((filter) => ({ filter, qos: 1 })),
    );
  }

  #publish({ id, topic, text }: Extract<ToServer, { kind: 'publish' }>): void {
    const { hooks, observe, alterPublished } = this.#parts;
    const message = parsed(text);
    observe({ kind: 'published', connection: this, topic, message });
    const payload = Buffer.from(alterPublished(this.id, topic, text));
    const outcome = this.#ask(() => hooks.publish(this, { topic, payload, qos: 1, retain: false, dup: false }));
    this.#line = this.#line.then(() => this.#confirm(outcome, id, topic, message));
  }

  #ask(publish: () => Promise<Outcome> | Outcome): Promise<Outcome | 'failed'> {
    try {
      return Promise.resolve(publish()).catch(() => 'failed' as const);
    } catch {
      return Promise.resolve('failed' as const);
    }
  }

  async #confirm(outcome: Promise<Outcome | 'failed'>, id: number, topic: string, message: JsonObject): Promise<void> {
    if ((await outcome) === 'failed') {
      this.close('hook publish failed');
      return;
    }
    if (!this.isOpen) return;
    if (topic === TOPICS.reported) this.#parts.observe({ kind: 'confirmed', connection: this, topic, message });
    this.#parts.pipe.sendToDevice({ kind: 'puback', id });
  }

  #finish(wasReady: boolean): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    for (const done of this.#owed.values()) this.#parts.later(1, () => done('closed'));
    this.#owed.clear();
    this.#parts.ended(this);
    if (!wasReady) return;
    this.#parts.observe({ kind: 'disconnected', connection: this });
    this.#parts.hooks.disconnected(this, this.#reason);
  }
}

function parsed(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  return isObject(value) ? value : {};
}
