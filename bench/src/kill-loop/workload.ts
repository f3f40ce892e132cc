import type { Client } from '@muster/client';
import type { MusterProcess } from '../load/muster-process.js';
import { pause } from '../load/pause.js';
import { RawClient } from '../load/raw-client.js';
import type { Ledger, Promised } from './ledger.js';

const WINDOW = 4;
const OPERATORS = 2;

/** Devices that report and operators that write, as fast as the server answers, until it is killed. */
export class Workload {
  readonly #ledger: Ledger;
  readonly #random: () => number;
  readonly #work: Promise<void>[] = [];
  readonly #clients: RawClient[] = [];
  #isOver = false;

  static async start(server: MusterProcess, ledger: Ledger, random: () => number): Promise<Workload> {
    const workload = new Workload(ledger, random);
    for (const device of ledger.devices) await workload.#report(server.mqttPort, device);
    for (let who = 0; who < OPERATORS; who += 1) workload.#work.push(workload.#operate(server.client, who));
    return workload;
  }

  private constructor(ledger: Ledger, random: () => number) {
    this.#ledger = ledger;
    this.#random = random;
  }

  stop(): void {
    this.#isOver = true;
  }

  async ended(): Promise<void> {
    for (const client of this.#clients) client.end();
    await Promise.all(this.#work);
  }

  /** PUBACKs come in the order of the reports. */
  async #report(port: number, device: Promised): Promise<void> {
    const { id, secret } = device;
    const publish = (): void => {
      device.sent += 1;
      client.publish('$twin/reported', [`{"reported":{"n":${device.sent}}}`]);
    };
    const onAcknowledged = (amount: number): void => {
      device.acknowledged += amount;
      for (let n = 0; n < amount && !this.#isOver; n += 1) publish();
    };
    const onPublish = (payload: Buffer): void => {
      const { version } = JSON.parse(payload.toString()) as { version: number };
      device.desiredVersion = Math.max(device.desiredVersion, version);
    };
    const client = await RawClient.connect({
      port,
      clientId: id,
      username: id,
      password: secret,
      onAcknowledged,
      onPublish,
    });
    this.#clients.push(client);
    await client.subscribe('$twin/desired');
    for (let slot = 0; slot < WINDOW; slot += 1) publish();
  }

  /** Each operator has devices and configurations of its own, so that an answer says what must be stored. */
  async #operate(client: Client, who: number): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#writeOnce(client, who);
        this.#ledger.wrote();
      } catch {
        // Without an answer the write may or may not be stored.
        await pause(5);
      }
    }
  }

  async #writeOnce(client: Client, who: number): Promise<void> {
    const n = Math.floor(this.#random() * 1_000_000_000);
    const mine = this.#ledger.devices.filter((_, index) => index % OPERATORS === who);
    const device = mine[n % mine.length] as Promised;
    const next = Math.max(device.tag, device.own) + 1;
    const kind = this.#random();
    if (kind < 0.25) {
      await client.devices.patch(device.id, { tags: { tag: next } });
      device.tag = next;
    } else if (kind < 0.5) {
      await client.devices.patch(device.id, { desired: { own: next } });
      device.own = next;
    } else if (kind < 0.6) {
      await client.devices.register(`kill-new-${n}`, {});
      this.#ledger.registered.add(`kill-new-${n}`);
    } else await this.#configure(client, `kill-c${who}-${n % 4}`, n, kind < 0.9);
  }

  async #configure(client: Client, id: string, value: number, isPut: boolean): Promise<void> {
    const { configurations } = this.#ledger;
    const known = configurations.get(id);
    if (!isPut && typeof known !== 'number') return;
    configurations.delete(id);
    if (isPut) {
      const targetCondition = "STARTS_WITH(device.id, 'kill-')";
      await client.configurations.put(id, { targetCondition, desiredProperties: { [id]: value }, priority: value % 3 });
    } else await client.configurations.remove(id);
    configurations.set(id, isPut ? value : null);
  }
}
