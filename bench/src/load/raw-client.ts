import { connect, type Socket } from 'node:net';

/**
 * The part of MQTT 3.1.1 that a load generator needs: CONNECT, SUBSCRIBE, PUBLISH at QoS 1 with a window, and a PUBACK
 * for every publish. It is minimal, so that the broker and not its client is measured.
 */
export interface RawClientOptions {
  readonly port: number;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly onPublish?: (payload: Buffer) => void;
  /** Gets the number of PUBACKs in one read: handling them together keeps the load generator out of the figures. */
  readonly onAcknowledged?: (amount: number) => void;
}

const CONNACK = 2;
const PUBLISH = 3;
const PUBACK_HEAD = 0x40;
const PUBACK_BYTES = 4;
const SUBACK = 9;

export class RawClient {
  readonly #socket: Socket;
  readonly #options: RawClientOptions;
  #rest: Buffer = Buffer.alloc(0);
  #packetId = 0;
  #settle: ((code: number) => void) | undefined;

  static async connect(options: RawClientOptions): Promise<RawClient> {
    const client = new RawClient(options);
    const code = await client.#connected();
    if (code !== 0) throw new Error(`${options.clientId} was refused with CONNACK ${code}`);
    return client;
  }

  private constructor(options: RawClientOptions) {
    this.#options = options;
    this.#socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', () => this.#settle?.(-1));
    this.#socket.on('close', () => this.#settle?.(-1));
  }

  async subscribe(filter: string): Promise<void> {
    const name = field(filter);
    this.#socket.write(frame(0x82, Buffer.concat([Buffer.of(0, 1), name, Buffer.of(1)])));
    const code = await this.#answer();
    if (code !== 0) throw new Error(`SUBACK ${code} for ${filter}`);
  }

  /** Publishes at QoS 1, in one write; `onAcknowledged` reports the PUBACKs. */
  publish(topic: string, payloads: readonly string[]): void {
    this.#socket.write(
      payloads.length === 1
        ? this.#frame(topic, payloads[0] ?? '')
        : Buffer.concat(payloads.map((one) => this.#frame(topic, one))),
    );
  }

  #frame(topic: string, payload: string): Buffer {
    this.#packetId = (this.#packetId % 65_535) + 1;
    const length = 2 + topic.length + 2 + payload.length;
    const head = length < 128 ? 2 : 3;
    const bytes = Buffer.allocUnsafe(head + length);
    bytes[0] = 0x32;
    bytes[1] = length < 128 ? length : (length & 127) | 128;
    if (head === 3) bytes[2] = length >> 7;
    bytes.writeUInt16BE(topic.length, head);
    bytes.write(topic, head + 2, 'latin1');
    bytes.writeUInt16BE(this.#packetId, head + 2 + topic.length);
    bytes.write(payload, head + 4 + topic.length, 'latin1');
    return bytes;
  }

  end(): void {
    this.#socket.destroy();
  }

  #connected(): Promise<number> {
    const { clientId, username, password } = this.#options;
    const flags = 0x02 | (username === undefined ? 0 : 0x80) | (password === undefined ? 0 : 0x40);
    const parts = [field('MQTT'), Buffer.of(4, flags, 0, 0), field(clientId)];
    if (username !== undefined) parts.push(field(username));
    if (password !== undefined) parts.push(field(password));
    this.#socket.write(frame(0x10, Buffer.concat(parts)));
    return this.#answer();
  }

  #answer(): Promise<number> {
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  #read(chunk: Buffer): void {
    let buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let acknowledged = 0;
    for (;;) {
      if (buffer[0] === PUBACK_HEAD && buffer.length >= PUBACK_BYTES) {
        acknowledged += 1;
        buffer = buffer.subarray(PUBACK_BYTES);
        continue;
      }
      const next = split(buffer);
      if (!next) break;
      this.#take(next.head, next.body);
      buffer = buffer.subarray(next.size);
    }
    this.#rest = buffer;
    if (acknowledged > 0) this.#options.onAcknowledged?.(acknowledged);
  }

  #take(head: number, body: Buffer): void {
    const type = head >> 4;
    if (type === PUBLISH) this.#receive(head, body);
    else if (type === CONNACK) this.#settle?.(body[1] ?? -1);
    else if (type === SUBACK) this.#settle?.((body[2] ?? 0x80) < 0x80 ? 0 : 0x80);
  }

  #receive(head: number, body: Buffer): void {
    const start = 2 + body.readUInt16BE(0);
    const isQos1 = (head & 0x06) === 0x02;
    if (isQos1) this.#socket.write(Buffer.of(0x40, 2, body[start] ?? 0, body[start + 1] ?? 0));
    this.#options.onPublish?.(body.subarray(isQos1 ? start + 2 : start));
  }
}

function field(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 255), bytes]);
}

function frame(head: number, body: Buffer): Buffer {
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.of(head, ...length), body]);
}

function split(buffer: Buffer): { head: number; body: Buffer; size: number } | undefined {
  let length = 0;
  for (let index = 1; index < Math.min(buffer.length, 5); index += 1) {
    const byte = buffer[index] ?? 0;
    length += (byte & 127) * 128 ** (index - 1);
    if (byte > 127) continue;
    const size = index + 1 + length;
    return buffer.length < size ? undefined : { head: buffer[0] ?? 0, body: buffer.subarray(index + 1, size), size };
  }
  return undefined;
}
