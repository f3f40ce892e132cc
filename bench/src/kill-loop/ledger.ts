import type { DeviceView } from '@muster/api';
import type { Client } from '@muster/client';
import { isTwinError } from '@muster/twin';
import type { MusterProcess } from '../load/muster-process.js';

const DEVICES = 8;

/** What the server has acknowledged to one device or about it, kept outside the server. */
export interface Promised {
  readonly id: string;
  secret: string;
  sent: number;
  acknowledged: number;
  tag: number;
  own: number;
  desiredVersion: number;
  reportedVersion: number;
}

/** Records everything that the server acknowledged, and checks that it still holds. */
export class Ledger {
  readonly devices: Promised[] = Array.from({ length: DEVICES }, (_, n) => ({
    id: `kill-${n}`,
    secret: '',
    sent: 0,
    acknowledged: 0,
    tag: 0,
    own: 0,
    desiredVersion: 0,
    reportedVersion: 0,
  }));
  /** Value of each configuration after an answered PUT; null after an answered DELETE; absent if unknown. */
  readonly configurations = new Map<string, number | null>();
  readonly registered = new Set<string>();
  #checks = 0;
  #reports = 0;
  #writes = 0;

  wrote(): void {
    this.#writes += 1;
  }

  async register(server: MusterProcess): Promise<void> {
    const secrets = await server.register(this.devices.map(({ id }) => id));
    for (const [n, device] of this.devices.entries()) device.secret = secrets[n] ?? '';
  }

  /** Returns the faults; empty if everything holds. A write without an answer may or may not be stored. */
  async check(client: Client): Promise<string[]> {
    const faults: string[] = [];
    for (const device of this.devices.filter(({ secret }) => secret !== '')) {
      faults.push(...this.#checkDevice(device, await client.devices.get(device.id)));
    }
    for (const id of this.registered)
      if ((await unlessMissing(client.devices.get(id))) === null) faults.push(`${id} was registered and is gone`);
    for (const [id, value] of this.configurations) faults.push(...(await this.#checkConfiguration(client, id, value)));
    this.#checks += 1;
    return faults;
  }

  summary(): string {
    return `${this.#checks} checks, ${this.#reports} acknowledged reports, ${this.#writes} answered writes`;
  }

  #checkDevice(device: Promised, twin: DeviceView): string[] {
    const n = Number(twin.reported.n ?? 0);
    this.#reports += device.acknowledged - device.reportedVersion;
    const faults = [
      n < device.acknowledged && `report ${device.acknowledged} had its PUBACK, stored is ${n}`,
      n > device.sent && `stored is report ${n}, only ${device.sent} were sent`,
      twin.reportedVersion !== n && `${n} changes are stored, but reportedVersion is ${twin.reportedVersion}`,
      twin.desiredVersion < device.desiredVersion &&
        `desiredVersion ${device.desiredVersion} was told, now ${twin.desiredVersion}`,
      Number(twin.tags.tag ?? 0) < device.tag && `tag ${device.tag} was answered, stored is ${twin.tags.tag}`,
      Number(twin.ownDesired.own ?? 0) < device.own &&
        `own ${device.own} was answered, stored is ${twin.ownDesired.own}`,
    ].filter((fault) => fault !== false);
    Object.assign(device, { sent: n, acknowledged: n, reportedVersion: n, desiredVersion: twin.desiredVersion });
    return faults.map((fault) => `${device.id}: ${fault}`);
  }

  async #checkConfiguration(client: Client, id: string, value: number | null): Promise<string[]> {
    const stored = await storedValue(client, id);
    return stored === value ? [] : [`configuration ${id}: answered was ${value}, stored is ${stored}`];
  }
}

async function storedValue(client: Client, id: string): Promise<number | null> {
  const configuration = await unlessMissing(client.configurations.get(id));
  return configuration && Number(configuration.desiredProperties[id]);
}

async function unlessMissing<Answer>(request: Promise<Answer>): Promise<Answer | null> {
  try {
    return await request;
  } catch (error) {
    if (isTwinError(error) && error.code === 'not-found') return null;
    throw error;
  }
}
