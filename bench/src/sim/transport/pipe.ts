import type { ToDevice, ToServer } from './packet.js';

export interface PipeEnd<Packet> {
  receive(packet: Packet): void;
  /** Called once, after the last packet. */
  closed(reason: string): void;
}

/** One TCP connection: packets in order in both directions; the last ones may be lost with the connection. */
export class Pipe {
  readonly device: string;
  readonly #toServer: ToServer[] = [];
  readonly #toDevice: ToDevice[] = [];
  #server: PipeEnd<ToServer> | undefined;
  #link: PipeEnd<ToDevice> | undefined;

  constructor(device: string, link: PipeEnd<ToDevice>, accept: (pipe: Pipe) => PipeEnd<ToServer>) {
    this.device = device;
    this.#link = link;
    this.#server = accept(this);
  }

  get isOver(): boolean {
    return this.#server === undefined && this.#link === undefined;
  }

  /** Whether only one end knows that the connection has ended. */
  get isHalfOpen(): boolean {
    return (this.#server === undefined) !== (this.#link === undefined);
  }

  sendToServer(packet: ToServer): void {
    if (this.#link) this.#toServer.push(packet);
  }

  sendToDevice(packet: ToDevice): void {
    if (this.#server) this.#toDevice.push(packet);
  }

  /** Returns whether there was a packet. */
  deliverToServer(): boolean {
    const packet = this.#toServer.shift();
    if (packet) this.#server?.receive(packet);
    return packet !== undefined;
  }

  deliverToDevice(): boolean {
    const packet = this.#toDevice.shift();
    if (packet) this.#link?.receive(packet);
    return packet !== undefined;
  }

  /** Duplicates the newest publish in flight to the server. */
  duplicate(): boolean {
    const last = this.#toServer.at(-1);
    if (last?.kind !== 'publish') return false;
    this.#toServer.push(last);
    return true;
  }

  /** The server learns that the connection has ended; packets in flight to it are lost. */
  endAtServer(reason: string): void {
    const server = this.#server;
    this.#server = undefined;
    this.#toServer.length = 0;
    server?.closed(reason);
  }

  endAtDevice(reason: string): void {
    const link = this.#link;
    this.#link = undefined;
    this.#toDevice.length = 0;
    link?.closed(reason);
  }

  /** The process at one end has ended and gets no more calls. */
  abandonServer(): void {
    this.#server = undefined;
    this.#toServer.length = 0;
  }

  abandonDevice(): void {
    this.#link = undefined;
    this.#toDevice.length = 0;
  }
}
