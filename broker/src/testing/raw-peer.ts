import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';

/** One control packet from the server. */
export interface Frame {
  /** The four bits of the packet type: 2 CONNACK, 3 PUBLISH, 4 PUBACK and so on. */
  type: number;
  flags: number;
  body: Buffer;
  /** Topic of a PUBLISH; empty in other packets, as is the payload. */
  topic: string;
  payload: string;
  id: number;
}

export interface ConnectOptions {
  clean?: boolean;
  keepAliveSeconds?: number;
  username?: string;
  password?: string;
  will?: { topic: string; payload: string; qos?: number; retain?: boolean };
  level?: number;
}

/** Returns a string with its length in front; bytes need not be UTF-8. */
export function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

/** Returns a control packet with its remaining length. */
export function frame(header: number, ...parts: (Buffer | number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as Buffer)));
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest % 128) + (rest > 127 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.of(header, ...length), body]);
}

/** A client that reads and writes raw packets. */
export class RawPeer {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  isClosed = false;
  #buffer = Buffer.alloc(0);
  #wake: () => void = () => {};

  static async open(port: number): Promise<RawPeer> {
    const socket = connectSocket(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  /** Connects a peer. Resolves once the edge has called the hook `connected`. */
  static async ready(port: number, id: string, options: ConnectOptions = {}): Promise<RawPeer> {
    const peer = await RawPeer.open(port);
    peer.connect(id, options);
    await peer.next(2);
    // CONNACK leaves just before the hook is called; a PINGREQ is answered after that.
    await peer.settled(13);
    return peer;
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#read(chunk as Buffer));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  write(...parts: Buffer[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  connect(id: string | Buffer, options: ConnectOptions = {}): void {
    this.write(connectFrame(id, options));
  }

  subscribe(id: number, ...filters: [string, number][]): void {
    this.write(
      frame(0x82, [id >> 8, id & 0xff], ...filters.flatMap(([filter, qos]) => [text(filter), Buffer.of(qos)])),
    );
  }

  unsubscribe(id: number, ...filters: string[]): void {
    this.write(frame(0xa2, [id >> 8, id & 0xff], ...filters.map(text)));
  }

  publish(topic: string, payload: string | Buffer, qos = 0, id = 0, flags = 0): void {
    const idBytes = qos > 0 ? [id >> 8, id & 0xff] : [];
    this.write(frame(0x30 | (qos << 1) | flags, text(topic), idBytes, Buffer.from(payload)));
  }

  acknowledge(id: number, header = 0x40): void {
    this.write(Buffer.of(header, 2, id >> 8, id & 0xff));
  }

  disconnect(): void {
    this.write(Buffer.of(0xe0, 0));
  }

  /** Waits for the next frame of a type and removes it; frames of other types stay. */
  async next(type: number): Promise<Frame> {
    await this.until(() => this.frames.some((one) => one.type === type));
    const at = this.frames.findIndex((one) => one.type === type);
    const [found] = this.frames.splice(at, 1);
    if (found === undefined) throw new Error('unreachable');
    return found;
  }

  /** Sends a PINGREQ; removes and returns the frames of a type that arrived before its answer. */
  async settled(type: number): Promise<Frame[]> {
    this.write(Buffer.of(0xc0, 0));
    await this.next(13);
    const found = this.frames.filter((one) => one.type === type);
    for (const one of found) this.frames.splice(this.frames.indexOf(one), 1);
    return found;
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      if (this.isClosed) throw new Error('the server closed the connection');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async closed(): Promise<void> {
    if (!this.isClosed) await new Promise((resolve) => this.socket.once('close', resolve));
  }

  destroy(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (let taken = this.#take(); taken; taken = this.#take());
    this.#wake();
  }

  #take(): boolean {
    let length = 0;
    let at = 1;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#buffer[at++];
      if (byte === undefined) return false;
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (this.#buffer.length < at + length) return false;
    const header = this.#buffer[0] ?? 0;
    this.frames.push(readFrame(header, this.#buffer.subarray(at, at + length)));
    this.#buffer = this.#buffer.subarray(at + length);
    return true;
  }
}

function readFrame(header: number, body: Buffer): Frame {
  const type = header >> 4;
  const one: Frame = { type, flags: header & 0xf, body, topic: '', payload: '', id: 0 };
  if (type !== 3) return { ...one, id: body.length >= 2 ? body.readUInt16BE(0) : 0 };
  const topicEnd = 2 + body.readUInt16BE(0);
  const payloadStart = topicEnd + ((header & 6) > 0 ? 2 : 0);
  return {
    ...one,
    topic: body.toString('utf8', 2, topicEnd),
    id: payloadStart > topicEnd ? body.readUInt16BE(topicEnd) : 0,
    payload: body.toString('utf8', payloadStart),
  };
}

function connectFrame(id: string | Buffer, options: ConnectOptions): Buffer {
  const { clean = true, keepAliveSeconds = 0, username, password, will, level = 4 } = options;
  const flags =
    (clean ? 2 : 0) |
    (will ? 4 | ((will.qos ?? 0) << 3) | (will.retain ? 0x20 : 0) : 0) |
    (username === undefined ? 0 : 0x80) |
    (password === undefined ? 0 : 0x40);
  const parts = [text(id)];
  if (will) parts.push(text(will.topic), text(will.payload));
  if (username !== undefined) parts.push(text(username));
  if (password !== undefined) parts.push(text(password));
  return frame(0x10, text('MQTT'), [level, flags, keepAliveSeconds >> 8, keepAliveSeconds & 0xff], ...parts);
}
