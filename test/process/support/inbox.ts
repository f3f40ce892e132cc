import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { eventually } from './eventually.js';
import type { Scope } from './scope.js';
import type { Server } from './server.js';

export interface Message {
  readonly topic: string;
  readonly isRetained: boolean;
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A plain MQTT.js connection with every message it received. It never reconnects. */
export class Inbox {
  readonly mqtt: MqttClient;
  readonly messages: Message[] = [];
  /** Resolves once the connection has ended. */
  readonly closed: Promise<void>;

  static async device(scope: Scope, server: Server, id: string, secret: string, more: IClientOptions = {}) {
    return Inbox.#connect(scope, server, { clientId: id, username: id, password: secret, ...more });
  }

  static async service(scope: Scope, server: Server, clientId: string, more: IClientOptions = {}) {
    return Inbox.#connect(scope, server, { clientId, username: 'token', password: server.token, ...more });
  }

  static async #connect(scope: Scope, { mqttUrl }: Server, options: IClientOptions): Promise<Inbox> {
    const client = mqtt.connect(mqttUrl, { reconnectPeriod: 0, resubscribe: false, ...options });
    const inbox = new Inbox(client);
    scope.add(() => client.endAsync(true));
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
      client.once('close', () => reject(new Error(`${options.clientId} could not connect`)));
    });
    client.on('error', () => {});
    return inbox;
  }

  private constructor(client: MqttClient) {
    this.mqtt = client;
    this.closed = new Promise((resolve) => client.once('close', () => resolve()));
    client.on('message', (topic, payload, { retain }) => {
      const text = payload.toString();
      this.messages.push({ topic, isRetained: retain, text, json: parse(text) });
    });
  }

  async subscribe(...filters: string[]): Promise<void> {
    await this.mqtt.subscribeAsync(filters, { qos: 1 });
  }

  /** Resolves with its PUBACK. */
  async publish(topic: string, message: object | string): Promise<void> {
    const payload = typeof message === 'string' ? message : JSON.stringify(message);
    await this.mqtt.publishAsync(topic, payload, { qos: 1 });
  }

  on(topic: string): Message[] {
    return this.messages.filter((message) => message.topic === topic);
  }

  /** Resolves with the first message on the topic that fits. */
  next(topic: string, isLike: (message: Message) => boolean = () => true): Promise<Message> {
    return eventually(() => {
      const found = this.on(topic).find(isLike);
      if (found) return found;
      throw new Error(`nothing like that came on ${topic}, but:\n${this.messages.map(line).join('\n')}`);
    });
  }

  async end(): Promise<void> {
    await this.mqtt.endAsync();
  }
}

function line({ topic, text }: Message): string {
  return `${topic} ${text}`;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
