import type { ConfigurationCounts, RolloutView } from '@muster/api';
import type { Registry, Store } from '@muster/registry';
import { deviceActor } from '@muster/registry';
import { OPERATOR, openTestStore } from '@muster/registry/testing';
import type { JsonObject } from '@muster/twin';
import { startWorld, type World } from './world.js';

const SECRET = 'sixteen characters';
export const AUTH = { type: 'secret', secret: SECRET };

/** A fleet, one configuration `c` with a rollout, and time that passes as a test says. */
export class RolloutWorld {
  readonly world: World;

  static async start(
    devices: number,
    prepare: (registry: Registry) => Promise<unknown> = async () => {},
    store: Store = openTestStore(),
  ) {
    const world = await startWorld(async (registry) => {
      for (let n = 0; n < devices; n += 1)
        await registry.devices.register(OPERATOR, rolloutDevice(n), { auth: AUTH, tags: { ring: n % 2 } });
      await prepare(registry);
    }, store);
    return new RolloutWorld(world);
  }

  constructor(world: World) {
    this.world = world;
  }

  async put(
    rollout: JsonObject | undefined,
    properties: JsonObject = { speed: 20 },
    more: JsonObject = {},
  ): Promise<void> {
    await this.world.registry.configurations.put(OPERATOR, 'c', {
      targetCondition: '*',
      desiredProperties: properties,
      ...(rollout ? { rollout } : {}),
      ...more,
    });
    await this.settle();
  }

  async act(kind: 'pause' | 'resume' | 'abort' | 'promote' | 'rollback', generation?: number): Promise<void> {
    await this.world.registry.configurations.actOnRollout(
      OPERATOR,
      'c',
      kind === 'rollback' ? { kind, generation } : { kind },
    );
    await this.settle();
  }

  /** Everything that needs no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) {
      await this.world.reconciler.idle();
      this.world.clock.advance(20);
    }
    await this.world.reconciler.idle();
  }

  async pass(ms: number, stepMs = 1_000): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.world.clock.advance(stepMs);
      await this.world.reconciler.idle();
    }
    await this.settle();
  }

  /** Ids of those whose document has the speed. */
  async having(speed: number | undefined): Promise<string[]> {
    const ids: string[] = [];
    for await (const record of this.world.registry.devices.all())
      if (record.desired.speed === speed) ids.push(record.id);
    return ids;
  }

  /** Those that have a newer document than they acknowledged say what they think of it. */
  async answer(statusOf: (id: string) => { status: 'applied' } | { status: 'failed'; error?: string } | undefined) {
    for await (const { id, desiredVersion, acknowledged } of this.world.registry.devices.all()) {
      const answer = desiredVersion > (acknowledged?.version ?? 0) ? statusOf(id) : undefined;
      if (answer)
        await this.world.registry.devices.report(deviceActor(id), id, {
          acknowledgement: { version: desiredVersion, ...answer },
        });
    }
    await this.settle();
  }

  async status(): Promise<ConfigurationCounts> {
    return this.world.reconciler.status('c', await this.world.registry.configurations.mustRead('c'));
  }

  async view(): Promise<RolloutView> {
    const view = await this.world.reconciler.rolloutStatus(await this.world.registry.configurations.mustRead('c'));
    if (!view) throw new Error('there is no rollout');
    return view;
  }

  get repaired(): number | undefined {
    return this.world.reconciler.counters.repaired;
  }
}

export function rolloutDevice(n: number): string {
  return `d-${String(n).padStart(3, '0')}`;
}
