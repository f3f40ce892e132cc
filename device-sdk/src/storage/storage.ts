import type { AcknowledgementMessage, Held, JsonObject } from '@muster/twin';

/** The state that a device must not lose when its power fails. Plain JSON. */
export interface DeviceState {
  /** Id of the device: its version numbers mean nothing on another device. */
  readonly device: string;
  /** The newest desired document received. */
  readonly held: Held;
  /** The last document that the handlers finished with. */
  readonly handled: Held;
  /** The document that the handlers were applying: after a crash, any part of it may have taken effect. */
  readonly handling?: Held;
  /** Documents that handlers of earlier processes were applying when the process ended, since `handled`. */
  readonly interrupted?: readonly JsonObject[];
  /** The acknowledgement of `handled`. */
  readonly outcome?: AcknowledgementState;
  /** Reports that the server has not accepted yet, oldest first. */
  readonly reports: readonly JsonObject[];
}

/** An acknowledgement, and whether the server has it. */
export interface AcknowledgementState {
  readonly acknowledgement: AcknowledgementMessage;
  readonly isDelivered: boolean;
}

/**
 * Keeps the state of a device. `save` replaces the saved state completely or not at all, and resolves once the new
 * state is as durable as this storage promises. At most one call is in flight at a time.
 */
export interface DeviceStorage {
  load(): Promise<DeviceState | undefined>;
  save(state: DeviceState): Promise<void>;
}

/** Keeps the state until the process ends. The next process is sent the whole document again. */
export class MemoryStorage implements DeviceStorage {
  #state: DeviceState | undefined;

  async load(): Promise<DeviceState | undefined> {
    return this.#state;
  }

  async save(state: DeviceState): Promise<void> {
    this.#state = state;
  }
}
