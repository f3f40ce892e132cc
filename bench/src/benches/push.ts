import { inParallel } from '../load/in-parallel.js';
import { MusterProcess } from '../load/muster-process.js';
import { pause } from '../load/pause.js';
import { RawClient } from '../load/raw-client.js';
import { type ReferenceBroker, startMosquitto } from '../load/reference-brokers.js';
import type { BenchOptions, Figure } from '../measure/figure.js';
import { ProcessorWatch } from '../measure/processor-watch.js';
import { count, median, table } from '../measure/table.js';

const DEVICES = 5_000;
const ROUNDS = 20;
const CONNECTING_AT_ONCE = 50;
const SETTLING_MS = 2_000;

/**
 * Times one configuration for all connected devices, 5,000 by default: from the PUT to the last device that receives it.
 * Compares with Mosquitto's plain fan-out of the same bytes to the same number of clients. Devices send PUBACKs only.
 */
export async function push({ size = DEVICES, isCompared }: BenchOptions): Promise<readonly Figure[]> {
  const server = await MusterProcess.start();
  const fleet = new Fleet();
  const idleBytes = await connectFleet(server, fleet, size);
  const broker = isCompared ? undefined : await startMosquitto();
  const plain = broker ? await connectPlain(broker, size) : undefined;
  await server.loopHeld();
  const watch = new ProcessorWatch(server.pid);
  const times: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const message = JSON.stringify({ version: round + 1, base: round, desired: { speed: round } });
    const theirs = plain ? await plain.fanOut(message) : Number.NaN;
    times.push({ ours: await publishConfiguration(server, fleet, { devices: size, speed: round }), theirs });
  }
  const processor = watch.figures('a device of a push', ROUNDS * size);
  print(times, size, idleBytes);
  const { maxMs, p99Ms } = await server.loopHeld();
  console.log(`event loop held for ${p99Ms.toFixed(1)} ms (p99), ${maxMs.toFixed(1)} ms at most`);
  fleet.end();
  plain?.end();
  await server.stop();
  await broker?.stop();
  return [
    ...figuresOf(
      times.map(({ ours }) => ours),
      idleBytes,
    ),
    ...processor,
  ];
}

function figuresOf(times: readonly number[], idleBytes: number): Figure[] {
  const [first = Number.NaN] = times;
  return [
    { name: 'one configuration to the last device', value: median(times), unit: 'ms' },
    { name: 'the first configuration of a process', value: first, unit: 'ms' },
    { name: 'the first to the median', value: first / median(times), unit: '' },
    { name: 'idle memory of a connected device', value: idleBytes / 1_024, unit: 'KiB' },
  ];
}

function print(times: readonly { ours: number; theirs: number }[], devices: number, idleBytes: number): void {
  const rows = times.map(({ ours, theirs }, n) => [
    String(n + 1),
    ours.toFixed(0),
    theirs.toFixed(0),
    (ours / theirs).toFixed(2),
  ]);
  console.log(
    table(['round', `muster: PUT to the last of ${count(devices)}, ms`, 'mosquitto fan-out, ms', 'ratio'], rows),
  );
  const ratio = median(times.map(({ ours, theirs }) => ours / theirs));
  console.log(`median ratio ${ratio.toFixed(2)}`);
  console.log(`idle memory per connected device: ${(idleBytes / 1024).toFixed(1)} KiB`);
}

/** Counts the devices that have received the next message. */
class Fleet {
  readonly clients: RawClient[] = [];
  #missing = 0;
  #done: () => void = () => {};

  expect(receptions: number): Promise<void> {
    this.#missing = receptions;
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  received(): void {
    this.#missing -= 1;
    if (this.#missing === 0) this.#done();
  }

  end(): void {
    for (const client of this.clients) client.end();
  }
}

/** Connects the fleet, and returns the bytes that one idle connected device takes in the server. */
async function connectFleet(server: MusterProcess, fleet: Fleet, devices: number): Promise<number> {
  const ids = Array.from({ length: devices }, (_, n) => `push-${n}`);
  const secrets = await server.register(ids);
  const before = await server.memoryBytes();
  await inParallel(ids, CONNECTING_AT_ONCE, async (id, n) => {
    const login = { clientId: id, username: id, password: secrets[n] ?? '' };
    const client = await RawClient.connect({ port: server.mqttPort, ...login, onPublish: () => fleet.received() });
    for (const topic of ['$twin/desired', '$twin/rejected', '$twin/accepted']) await client.subscribe(topic);
    fleet.clients.push(client);
  });
  await pause(SETTLING_MS);
  return ((await server.memoryBytes()) - before) / devices;
}

async function publishConfiguration(
  server: MusterProcess,
  fleet: Fleet,
  { devices, speed }: { readonly devices: number; readonly speed: number },
): Promise<number> {
  const allReceived = fleet.expect(devices);
  const startedAt = performance.now();
  await server.client.configurations.put('push', {
    targetCondition: "STARTS_WITH(device.name, 'push-')",
    desiredProperties: { speed },
  });
  await allReceived;
  return performance.now() - startedAt;
}

async function connectPlain(broker: ReferenceBroker, devices: number) {
  const fleet = new Fleet();
  const numbers = Array.from({ length: devices }, (_, n) => n);
  await inParallel(numbers, CONNECTING_AT_ONCE, async (n) => {
    const client = await RawClient.connect({
      port: broker.port,
      clientId: `push-${n}`,
      onPublish: () => fleet.received(),
    });
    await client.subscribe('fan/out');
    fleet.clients.push(client);
  });
  const publisher = await RawClient.connect({ port: broker.port, clientId: 'publisher' });
  return {
    async fanOut(message: string): Promise<number> {
      const allReceived = fleet.expect(devices);
      const startedAt = performance.now();
      publisher.publish('fan/out', [message]);
      await allReceived;
      return performance.now() - startedAt;
    },
    end(): void {
      publisher.end();
      fleet.end();
    },
  };
}
