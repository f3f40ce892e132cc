import type { Chance } from '../kernel/chance.js';
import type { Faults } from '../kernel/faults.js';
import type { Filters, ToDevice, ToServer } from './packet.js';
import { Pipe, type PipeEnd } from './pipe.js';

export type Accept = (pipe: Pipe) => PipeEnd<ToServer>;

interface NetworkParts {
  readonly chance: Chance;
  readonly faults: Faults;
  readonly count: (fault: string) => void;
  readonly later: (turns: number, work: () => void) => void;
}

/** The network between devices and the server, and the MQTT sessions, which outlive both ends. */
export class Network {
  /** Subscriptions of persistent sessions. */
  readonly sessions = new Map<string, Filters>();
  /** Devices whose packets do not get through. */
  readonly partitioned = new Set<string>();
  /** The listener of the server, while it listens. */
  accept: Accept | undefined;
  readonly #parts: NetworkParts;
  #pipes: Pipe[] = [];

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  get pipes(): readonly Pipe[] {
    return this.#pipes;
  }

  connect(device: string, link: PipeEnd<ToDevice>): Pipe | undefined {
    const { accept } = this;
    this.#pipes = this.#pipes.filter((pipe) => !pipe.isOver);
    if (!accept || this.partitioned.has(device)) {
      this.#parts.later(1, () => link.closed('no way to the server'));
      return undefined;
    }
    const pipe = new Pipe(device, link, accept);
    this.#pipes.push(pipe);
    return pipe;
  }

  /** Delivers some packets. */
  deliverSome(): void {
    const { chance, faults, count } = this.#parts;
    for (const pipe of this.#pipes) {
      if (this.partitioned.has(pipe.device)) continue;
      if (chance.is(faults.duplicateProbability) && pipe.duplicate()) count('publish duplicated');
      if (chance.is(0.6)) pipe.deliverToServer();
      if (chance.is(0.6)) pipe.deliverToDevice();
    }
  }

  /** Delivers one packet in each direction of each connection, if there is one. */
  deliverAll(): boolean {
    let isMoved = false;
    for (const pipe of this.#pipes) {
      if (this.partitioned.has(pipe.device)) continue;
      if (pipe.deliverToServer()) isMoved = true;
      if (pipe.deliverToDevice()) isMoved = true;
    }
    return isMoved;
  }

  /** Ends a connection. One end may learn of it much later than the other; some packets still arrive before. */
  cut(pipe: Pipe): void {
    const { chance, count } = this.#parts;
    count('connection cut');
    for (let arriving = chance.below(3); arriving > 0; arriving -= 1) pipe.deliverToServer();
    const how = chance.below(3);
    if (how !== 1) pipe.endAtServer('connection lost');
    if (how !== 2) pipe.endAtDevice('connection lost');
    if (how !== 0) count('connection half open');
  }

  /** Tells the other end of each connection that one end has closed. */
  discoverHalfOpen(): void {
    for (const pipe of this.#pipes) if (pipe.isHalfOpen) this.end(pipe);
  }

  end(pipe: Pipe): void {
    pipe.endAtServer('connection lost');
    pipe.endAtDevice('connection lost');
  }

  /** The process of the server has ended. */
  serverDied(): void {
    this.accept = undefined;
    for (const pipe of this.#pipes) {
      pipe.abandonServer();
      if (!this.partitioned.has(pipe.device)) pipe.endAtDevice('the server is gone');
    }
  }

  deviceDied(device: string, isNoticed: boolean): void {
    for (const pipe of this.#pipes.filter((one) => one.device === device)) {
      pipe.abandonDevice();
      if (isNoticed) pipe.endAtServer('connection lost');
    }
  }
}
