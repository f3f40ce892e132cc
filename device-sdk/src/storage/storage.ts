import type { AcknowledgementMessage, Held, JsonObject } from '@muster/twin';

/** What a device has to remember when its power goes. Plain JSON. */
export interface DeviceState {
  /** Whose state this is: a version number means nothing on another device. */
  readonly device: string;
  /** The newest desired document received. */
  readonly held: Held;
  /** The last one that the handlers have finished with. */
  readonly handled: Held;
  /** The one that they were at work on: after a crash nobody knows how much of it took effect. */
  readonly handling?: Held;
  /** Those that earlier processes were at work on when they ended, since `handled`. */
  readonly interrupted?: readonly JsonObject[];
  /** How `handled` went, and whether the server has it. */
  readonly outcome?: AcknowledgementState;
  /** Reports that the server has not accepted yet, oldest first. */
  readonly reports: readonly JsonObject[];
}

export interface AcknowledgementState {
  readonly acknowledgement: AcknowledgementMessage;
  readonly isDelivered: boolean;
}

/**
 * Where a device keeps its state. `save` replaces what was saved before, wholly or not at all, and resolves once
 * the state would survive what this storage promises to survive. There is never more than one call under way.
 */
export interface DeviceStorage {
  load(): Promise<DeviceState | undefined>;
  save(state: DeviceState): Promise<void>;
}

/** Survives reconnects, not the end of the process: the server then sends the whole document again. */
export class MemoryStorage implements DeviceStorage {
  #state: DeviceState | undefined;

  async load(): Promise<DeviceState | undefined> {
    return this.#state;
  }

  async save(state: DeviceState): Promise<void> {
    this.#state = state;
  }
}
