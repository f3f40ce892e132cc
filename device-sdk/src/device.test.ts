import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Cancel, isObject, type Json, type JsonObject, mergePatch } from '@muster/twin';
import { Aedes, type Client } from 'aedes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Device, type DeviceOptions } from './device.js';
import { MemoryStorage } from './storage/storage.js';

/** The server side: a plain MQTT broker and a minimal twin. */
class Wire {
  readonly received: { topic: string; message: JsonObject }[] = [];
  readonly sockets = new Set<Socket>();
  reported: JsonObject = {};
  version = 0;
  port = 0;
  /** Handles a report; the default merges and accepts it. */
  answer: (message: JsonObject, client: Client) => void = (message, client) => this.accept(message, client);
  readonly #server: Server;
  readonly #broker: Aedes;

  private constructor(broker: Aedes) {
    this.#broker = broker;
    this.#server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      broker.handle(socket);
    });
    broker.on('publish', ({ topic, payload }, client) => client && this.#receive(topic, payload, client));
    broker.authenticate = (_client, user, password, done) =>
      done(null, user === 'd' && password?.toString() === 'the-secret-of-d');
  }

  static async open(): Promise<Wire> {
    const wire = new Wire(await Aedes.createBroker());
    await wire.listen(0);
    return wire;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
  }

  accept(message: JsonObject, client: Client): void {
    if (isObject(message.reported)) this.reported = mergePatch(this.reported, message.reported);
    this.version += 1;
    if (message.id !== undefined) this.send(client, '$twin/accepted', { id: message.id, version: this.version });
  }

  send(client: Client, topic: string, message: Json): void {
    const payload = JSON.stringify(message);
    client.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, () => {});
  }

  desired(message: Json): void {
    const payload = JSON.stringify(message);
    this.#broker.publish(
      { cmd: 'publish', topic: '$twin/desired', payload, qos: 1, retain: false, dup: false },
      () => {},
    );
  }

  of(topic: string): JsonObject[] {
    return this.received.filter((item) => item.topic === topic).map(({ message }) => message);
  }

  dropAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.dropAll();
    await closed;
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.stop();
    await new Promise<void>((resolve) => this.#broker.close(resolve));
  }

  #receive(topic: string, payload: Buffer | string, client: Client): void {
    const message = JSON.parse(payload.toString()) as JsonObject;
    this.received.push({ topic, message });
    if (topic === '$twin/reported' && message.reported !== undefined) this.answer(message, client);
  }
}

let wire: Wire;
const devices: Device[] = [];

beforeEach(async () => {
  wire = await Wire.open();
});

afterEach(async () => {
  for (const device of devices.splice(0)) await device.close();
  await wire.close();
});

/** A device that reconnects at once. */
async function join(options: Partial<DeviceOptions> = {}): Promise<Device> {
  const url = `mqtt://127.0.0.1:${wire.port}`;
  const random = (): number => 0.001;
  const device = await Device.connect({ url, id: 'd', secret: 'the-secret-of-d', random, ...options });
  devices.push(device);
  return device;
}

async function eventually(check: () => void): Promise<void> {
  const deadline = Date.now() + 8_000;
  for (;;) {
    try {
      return check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

describe.each([{ clean: true }, { clean: false }])('a device with clean $clean', ({ clean }) => {
  it('requests its document, applies and acknowledges it', async () => {
    const device = await join({ clean });
    await eventually(() => expect(wire.of('$twin/get')).toEqual([{}]));
    const handed: unknown[] = [];
    device.onDesired((patch, document) => handed.push({ patch, document }));
    wire.desired({ version: 3, base: 0, desired: { speed: 1 } });
    await eventually(() => expect(wire.of('$twin/reported')).toEqual([{ applied: 3 }]));
    wire.desired({ version: 4, base: 3, desired: { speed: 2 } });
    await eventually(() => expect(wire.of('$twin/reported')).toEqual([{ applied: 3 }, { applied: 4 }]));
    expect(handed).toEqual([
      { patch: { speed: 1 }, document: { speed: 1 } },
      { patch: { speed: 2 }, document: { speed: 2 } },
    ]);
    expect([device.version, device.desired]).toEqual([4, { speed: 2 }]);
  });

  it('sends unanswered reports again after a reconnect', async () => {
    wire.answer = () => {};
    const device = await join({ clean });
    const reported = device.report({ a: 1 });
    await eventually(() => expect(wire.of('$twin/reported')).toHaveLength(1));
    const behind = device.report({ b: 2 });
    wire.answer = (message, client) => wire.accept(message, client);
    wire.dropAll();
    expect(await Promise.all([reported, behind])).toEqual([1, 2]);
    expect(wire.reported).toEqual({ a: 1, b: 2 });
    const [first, again, second] = wire.of('$twin/reported');
    expect(again).toEqual(first);
    expect(second).toMatchObject({ reported: { b: 2 } });
  });

  it('repeats an acknowledgement lost with its connection', async () => {
    const device = await join({ clean });
    device.onDesired(async () => {
      await wire.stop();
    });
    wire.desired({ version: 1, base: 0, desired: { a: 1 } });
    await device.events.once('disconnected');
    await wire.listen(wire.port);
    await eventually(() => expect(wire.of('$twin/reported')).toEqual([{ applied: 1 }]));
  });
});

describe('a device', () => {
  it('doubles the delay after each failed attempt, up to a minute', async () => {
    await wire.stop();
    const delaysMs: number[] = [];
    const after = (delayMs: number, work: () => void): Cancel => {
      delaysMs.push(delayMs);
      if (delaysMs.length < 8) setImmediate(work);
      return () => {};
    };
    await join({ clock: { now: () => 0, after }, random: () => 0.5, waitForConnection: false });
    await eventually(() => expect(delaysMs).toHaveLength(8));
    expect(delaysMs).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('passes only the newest of several documents that arrive during a handler', async () => {
    const device = await join();
    const handed: JsonObject[] = [];
    let finish: () => void = () => {};
    device.onDesired(async (patch) => {
      handed.push(patch);
      if (handed.length === 1) await new Promise<void>((resolve) => (finish = resolve));
    });
    for (const version of [1, 2, 3]) {
      wire.desired({ version, base: version - 1, desired: { [`v${version}`]: version } });
    }
    await eventually(() => expect(device.version).toBe(3));
    finish();
    await eventually(() => expect(wire.of('$twin/reported')).toEqual([{ applied: 1 }, { applied: 3 }]));
    expect(handed).toEqual([{ v1: 1 }, { v2: 2, v3: 3 }]);
  });

  it('acknowledges a failing handler with its error text, and calls no further handler', async () => {
    const device = await join();
    const called: string[] = [];
    device.onDesired(() => {
      called.push('first');
      throw new Error('the valve is stuck');
    });
    device.onDesired(() => called.push('second'));
    wire.desired({ version: 1, base: 0, desired: {} });
    await eventually(() => expect(wire.of('$twin/reported')).toEqual([{ failed: 1, error: 'the valve is stuck' }]));
    expect(called).toEqual(['first']);
  });

  it('requests the document if a message starts from another base', async () => {
    const device = await join();
    wire.desired({ version: 5, base: 0, desired: {} });
    await eventually(() => expect(device.version).toBe(5));
    wire.desired({ version: 9, base: 8, desired: {} });
    await eventually(() => expect(wire.of('$twin/get').at(-1)).toEqual({ version: 5 }));
  });

  it('composes reports while one is in flight', async () => {
    const device = await join();
    const held: [JsonObject, Client][] = [];
    wire.answer = (message, client) => held.push([message, client]);
    const first = device.report({ n: 0 });
    await eventually(() => expect(held).toHaveLength(1));
    const others = [device.report({ n: 1 }), device.report({ n: null, m: 1 }), device.report({ n: 3 })];
    wire.answer = (message, client) => wire.accept(message, client);
    for (const [message, client] of held) wire.accept(message, client);
    expect(await Promise.all([first, ...others])).toEqual([1, 2, 2, 2]);
    expect(wire.of('$twin/reported').map(({ reported }) => reported)).toEqual([{ n: 0 }, { n: 3, m: 1 }]);
  });

  it('rejects a refused report with the code of the server, and continues', async () => {
    const device = await join();
    wire.answer = ({ id = null }, client) =>
      wire.send(client, '$twin/rejected', { id, code: 'too-large', message: 'no room' });
    const problem = device.events.once('problem');
    await expect(device.report({ a: 1 })).rejects.toMatchObject({
      name: 'TwinError',
      code: 'too-large',
      message: 'no room',
    });
    expect(await problem).toMatchObject({ code: 'too-large' });
    wire.answer = (message, client) => wire.accept(message, client);
    expect(await device.report({ b: 1 })).toBe(1);
  });

  it('refuses an invalid report at once', async () => {
    const device = await join();
    await expect(device.report({ a: Number.NaN })).rejects.toMatchObject({ code: 'bad-number' });
    expect(wire.of('$twin/reported')).toEqual([]);
  });

  it('starts offline from its storage, and sends the reports of an earlier process', async () => {
    const storage = new MemoryStorage();
    await wire.stop();
    const earlier = await join({ storage, waitForConnection: false });
    const report = earlier.report({ a: 1 });
    await earlier.close();
    await expect(report).rejects.toMatchObject({ code: 'unavailable' });
    await wire.listen(wire.port);
    await join({ storage });
    await eventually(() => expect(wire.reported).toEqual({ a: 1 }));
  });

  it('passes a version again if the process ended before its handler', async () => {
    const storage = new MemoryStorage();
    const earlier = await join({ storage });
    earlier.onDesired(() => new Promise(() => {}));
    wire.desired({ version: 1, base: 0, desired: { a: 1 } });
    await eventually(() => expect(earlier.version).toBe(1));
    await earlier.close();
    const device = await join({ storage });
    device.onDesired(() => {});
    await eventually(() => expect(wire.of('$twin/reported')).toEqual([{ applied: 1 }]));
    expect(wire.of('$twin/get')).toEqual([{}, { version: 1 }]);
  });

  it('is refused with a wrong secret, and does not retry', async () => {
    await expect(join({ secret: 'wrong' })).rejects.toMatchObject({ name: 'TwinError', code: 'unauthorized' });
    await eventually(() => expect(wire.sockets.size).toBe(0));
  });

  it('stops waiting for the first connection when the signal aborts', async () => {
    await wire.stop();
    const signal = AbortSignal.timeout(50);
    await expect(join({ signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('refuses the storage of another device', async () => {
    const storage = new MemoryStorage();
    const nothing = { version: 0, document: {} };
    await storage.save({ device: 'other', held: nothing, handled: nothing, reports: [] });
    await expect(join({ storage })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('continues and reports a problem when its storage fails', async () => {
    const storage = new MemoryStorage();
    const device = await join({ storage });
    storage.save = async () => {
      throw new Error('disk full');
    };
    const problem = device.events.once('problem');
    expect(await device.report({ a: 1 })).toBe(1);
    expect(await problem).toMatchObject({ message: 'disk full' });
  });

  it('is not changed by a handler that changes its arguments', async () => {
    const device = await join();
    device.onDesired((_patch, document) => {
      (document as Record<string, unknown>).a = 2;
    });
    wire.desired({ version: 1, base: 0, desired: { a: 1 } });
    await eventually(() => expect(wire.of('$twin/reported')).toEqual([{ applied: 1 }]));
    expect(device.desired).toEqual({ a: 1 });
  });
});
