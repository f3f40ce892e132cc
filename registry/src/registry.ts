import type { Cancel } from '@muster/twin';
import { ChangeLog } from './change-log.js';
import { Configurations, type ConfigurationsParts } from './configuration/configurations.js';
import { Devices, type DevicesParts } from './device/devices.js';
import type { CommitListener, Store } from './store/store.js';

export interface RegistryParts extends DevicesParts, ConfigurationsParts {}

/**
 * The only writer of twins and configurations: devices, configurations and the log of their changes over one store. A
 * verb reads an entry, decides purely, and commits the new entry together with its changes.
 */
export class Registry {
  readonly devices: Devices;
  readonly configurations: Configurations;
  readonly changeLog: ChangeLog;
  readonly #store: Store;

  static async open(parts: RegistryParts): Promise<Registry> {
    return new Registry(parts, await Configurations.open(parts));
  }

  private constructor(parts: RegistryParts, configurations: Configurations) {
    this.devices = new Devices(parts);
    this.configurations = configurations;
    this.changeLog = new ChangeLog(parts.store);
    this.#store = parts.store;
  }

  /** Calls `listener` with every entry, in the step in which it reaches the disk. */
  onCommit(listener: CommitListener): Cancel {
    return this.#store.onCommit(listener);
  }
}
