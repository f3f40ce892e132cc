import { setTimeout as pause } from 'node:timers/promises';

/** The secret of every device of the folder that was not given another one. */
export function secretOf(id) {
  return `the-secret-of-${id}`;
}

/** A plain MQTT connection of a device or a service. It never connects a second time by itself. */
export class OldConnection {
  static async device(server, id, options = {}) {
    return OldConnection.#open(server, { clientId: id, username: id, password: secretOf(id), ...options });
  }

  static async service(server, clientId, options = {}) {
    return OldConnection.#open(server, { clientId, username: 'token', password: server.token, ...options });
  }

  /** `answer` is given each desired document and its number from 0; it returns a report, or undefined to stay silent. */
  static async answering(server, id, answer) {
    const device = await OldConnection.device(server, id);
    let count = 0;
    device.client.on('message', (topic, payload) => {
      if (topic !== '$twin/desired') return;
      const report = answer(JSON.parse(payload.toString()), count);
      count += 1;
      if (report) void device.report(report);
    });
    await device.subscribe('$twin/desired');
    return device;
  }

  static async #open({ mqtt, mqttUrl }, options) {
    const client = await mqtt.connectAsync(mqttUrl, { reconnectPeriod: 0, resubscribe: false, ...options });
    client.on('error', () => {});
    return new OldConnection(client);
  }

  constructor(client) {
    this.client = client;
    this.messages = [];
    client.on('message', (topic, payload) => this.messages.push({ topic, text: payload.toString() }));
  }

  /** From now on what it is sent is never acknowledged. */
  ignore() {
    this.client.handleMessage = () => {};
  }

  async subscribe(...filters) {
    await this.client.subscribeAsync(filters, { qos: 1 });
  }

  /** Resolves with its PUBACK. */
  async publish(topic, message, options = {}) {
    const payload = typeof message === 'string' ? message : JSON.stringify(message);
    await this.client.publishAsync(topic, payload, { qos: 1, ...options });
  }

  async report(report) {
    await this.publish('$twin/reported', report);
  }

  async end() {
    await this.client.endAsync();
  }
}

/** Repeats the check until it does not throw, and returns its result. */
export async function eventually(check, timeoutMs = 30_000) {
  const since = performance.now();
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() - since > timeoutMs) throw error;
    }
    await pause(50);
  }
}

export function must(isTrue, text) {
  if (!isTrue) throw new Error(text);
}
