import { inParallel } from '../load/in-parallel.js';
import { MusterProcess } from '../load/muster-process.js';
import { pause } from '../load/pause.js';
import { RawClient } from '../load/raw-client.js';
import { type ReferenceBroker, startMosquitto } from '../load/reference-brokers.js';
import { count, table } from '../measure/table.js';

const DEVICES = 5_000;
const ROUNDS = 20;
const CONNECTING_AT_ONCE = 50;
const SETTLING_MS = 2_000;

/**
 * One configuration for 5,000 connected devices: from the PUT to the last device that has it, beside
 * Mosquitto's plain fan-out of the same bytes to as many subscribers. Devices send PUBACKs only.
 */
export async function push(): Promise<void> {
  const server = await MusterProcess.start();
  const fleet = new Fleet();
  const idle = await connectFleet(server, fleet);
  const broker = await startMosquitto();
  const plain = broker ? await connectPlain(broker) : undefined;
  await server.loopHeld();
  const times: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const message = JSON.stringify({ version: round + 1, base: round, desired: { speed: round } });
    const theirs = plain ? await plain.fanOut(message) : Number.NaN;
    times.push({ ours: await publishConfiguration(server, fleet, round), theirs });
  }
  print(times, idle);
  const { maxMs, p99Ms } = await server.loopHeld();
  console.log(`event loop held for ${p99Ms.toFixed(1)} ms (p99), ${maxMs.toFixed(1)} ms at most`);
  fleet.end();
  plain?.end();
  await server.stop();
  await broker?.stop();
}

function print(times: readonly { ours: number; theirs: number }[], idleBytes: number): void {
  const rows = times.map(({ ours, theirs }, n) => [
    String(n + 1),
    ours.toFixed(0),
    theirs.toFixed(0),
    (ours / theirs).toFixed(2),
  ]);
  console.log(
    table(['round', `muster: PUT to the last of ${count(DEVICES)}, ms`, 'mosquitto fan-out, ms', 'ratio'], rows),
  );
  const median = [...times].sort((left, right) => left.ours / left.theirs - right.ours / right.theirs)[
    Math.floor(times.length / 2)
  ];
  console.log(`median ratio ${((median?.ours ?? 0) / (median?.theirs ?? Number.NaN)).toFixed(2)}`);
  console.log(`idle memory per connected device: ${(idleBytes / 1024).toFixed(1)} KiB`);
}

/** Counts who received what is expected next. */
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

/** Answers the bytes that one idle connected device takes in the server. */
async function connectFleet(server: MusterProcess, fleet: Fleet): Promise<number> {
  const ids = Array.from({ length: DEVICES }, (_, n) => `push-${n}`);
  const secrets = await server.register(ids);
  const before = await server.memoryBytes();
  await inParallel(ids, CONNECTING_AT_ONCE, async (id, n) => {
    const login = { clientId: id, username: id, password: secrets[n] ?? '' };
    const client = await RawClient.connect({ port: server.mqttPort, ...login, onPublish: () => fleet.received() });
    for (const topic of ['$twin/desired', '$twin/rejected', '$twin/accepted']) await client.subscribe(topic);
    fleet.clients.push(client);
  });
  await pause(SETTLING_MS);
  return ((await server.memoryBytes()) - before) / DEVICES;
}

async function publishConfiguration(server: MusterProcess, fleet: Fleet, speed: number): Promise<number> {
  const everybody = fleet.expect(DEVICES);
  const startedAt = performance.now();
  await server.client.configurations.put('push', {
    targetCondition: "STARTS_WITH(device.name, 'push-')",
    desiredProperties: { speed },
  });
  await everybody;
  return performance.now() - startedAt;
}

async function connectPlain(broker: ReferenceBroker) {
  const fleet = new Fleet();
  const numbers = Array.from({ length: DEVICES }, (_, n) => n);
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
      const everybody = fleet.expect(DEVICES);
      const startedAt = performance.now();
      publisher.publish('fan/out', [message]);
      await everybody;
      return performance.now() - startedAt;
    },
    end(): void {
      publisher.end();
      fleet.end();
    },
  };
}
