import type { ToDevice, ToServer } from './packet.js';

export interface PipeEnd<Packet> {
  receive(packet: Packet): void;
  /** Once; nothing comes afterwards. */
  closed(reason: string): void;
}

/** One TCP connection: packets in order in both directions, of which an end may be lost with the connection. */
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

  /** One end knows that it is over, and the other does not. */
  get isHalfOpen(): boolean {
    return (this.#server === undefined) !== (this.#link === undefined);
  }

  sendToServer(packet: ToServer): void {
    if (this.#link) this.#toServer.push(packet);
  }

  sendToDevice(packet: ToDevice): void {
    if (this.#server) this.#toDevice.push(packet);
  }

  /** Answers whether there was anything. */
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

  /** The newest publish on its way to the server comes a second time. */
  duplicate(): boolean {
    const last = this.#toServer.at(-1);
    if (last?.kind !== 'publish') return false;
    this.#toServer.push(last);
    return true;
  }

  /** The server hears that the connection is over; what was on its way to it is lost. */
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

  /** The process at one end is no more: nothing is told to it. */
  abandonServer(): void {
    this.#server = undefined;
    this.#toServer.length = 0;
  }

  abandonDevice(): void {
    this.#link = undefined;
    this.#toDevice.length = 0;
  }
}
