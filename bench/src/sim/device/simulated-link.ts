import type { DeviceLink, LinkListener, LinkOptions } from '@muster/device-sdk';
import type { Network } from '../transport/network.js';
import type { ToDevice } from '../transport/packet.js';
import type { Pipe, PipeEnd } from '../transport/pipe.js';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** The device's end of a connection: an MQTT client that does not retransmit. */
export class SimulatedLink implements DeviceLink, PipeEnd<ToDevice> {
  readonly #listener: LinkListener;
  readonly #pipe: Pipe | undefined;
  readonly #published = new Map<number, Waiting>();
  #subscribing: Waiting | undefined;
  #lastId = 0;
  #isClosed = false;
  #isDead = false;

  constructor(network: Network, { id, secret = '', clean }: LinkOptions, listener: LinkListener) {
    this.#listener = listener;
    this.#pipe = network.connect(id, this);
    this.#pipe?.sendToServer({ kind: 'connect', username: id, password: secret, clean });
  }

  /** The power is off: the link receives and sends nothing. */
  die(): void {
    this.#isDead = true;
  }

  publish(topic: string, message: object): Promise<void> {
    return this.#ask((waiting) => {
      this.#lastId += 1;
      this.#published.set(this.#lastId, waiting);
      this.#pipe?.sendToServer({ kind: 'publish', id: this.#lastId, topic, text: JSON.stringify(message) });
    });
  }

  subscribe(topics: readonly string[]): Promise<void> {
    return this.#ask((waiting) => {
      this.#subscribing = waiting;
      this.#pipe?.sendToServer({ kind: 'subscribe', filters: [...topics] });
    });
  }

  drop(reason: Error): void {
    this.#pipe?.endAtServer('connection lost');
    this.#pipe?.endAtDevice(reason.message);
  }

  async close(): Promise<void> {
    this.drop(new Error('closed'));
  }

  receive(packet: ToDevice): void {
    if (this.#isDead) return;
    switch (packet.kind) {
      case 'connack':
        this.#listener.connected();
        break;
      case 'suback':
        if (packet.granted) this.#subscribing?.resolve();
        else this.#subscribing?.reject(new Error('refused'));
        break;
      case 'puback':
        this.#published.get(packet.id)?.resolve();
        this.#published.delete(packet.id);
        break;
      case 'publish':
        this.#pipe?.sendToServer({ kind: 'puback', id: packet.id });
        this.#listener.received(packet.topic, Buffer.from(packet.text));
        break;
    }
  }

  closed(reason: string): void {
    if (this.#isClosed || this.#isDead) return;
    this.#isClosed = true;
    const error = new Error(reason);
    for (const waiting of this.#published.values()) waiting.reject(error);
    this.#subscribing?.reject(error);
    this.#listener.closed(error);
  }

  #ask(send: (waiting: Waiting) => void): Promise<void> {
    if (this.#isClosed || this.#isDead) return Promise.reject(new Error('the connection is over'));
    return new Promise((resolve, reject) => send({ resolve, reject }));
  }
}
