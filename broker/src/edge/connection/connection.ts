import type { AedesClient } from '../aedes/aedes-fields.js';
import { takeInlet } from '../aedes/parser-inlet.js';
import type { EdgeClient, Qos, SendOutcome } from '../edge-client.js';
import { faultOf, type InboundPacket } from '../packets/packet-fault.js';
import { connackFrame } from '../packets/raw-frame.js';
import { filterMatches } from '../packets/topic-filter.js';
import type { EdgeContext } from './edge-context.js';
import { Egress } from './egress.js';
import { InboundQueue } from './inbound-queue.js';

export type FailureCounter = 'hookFailures' | 'hookTimeouts' | 'storeFailures';

/** One socket, from its first byte to its end: packets enter the inbound queue, publishes leave through the egress. */
export class Connection implements EdgeClient<unknown> {
  readonly context: EdgeContext;
  readonly aedes: AedesClient;
  readonly inbound: InboundQueue;
  readonly egress: Egress;
  readonly remoteAddress: string;
  principal: unknown = undefined;
  /** Whether CONNECT came without a client id. */
  isNameless = false;
  /** `connecting` until CONNACK, `ready` while the hooks know the client, then `ended`. */
  phase: 'connecting' | 'ready' | 'ended' = 'connecting';
  endReason: string | undefined = undefined;
  #holds = 0;
  #isCorked = false;

  constructor(context: EdgeContext, aedes: AedesClient) {
    this.context = context;
    this.aedes = aedes;
    this.remoteAddress = aedes.conn.remoteAddress ?? '';
    aedes.edge = this;
    this.egress = new Egress(this);
    aedes.deliver0 = (packet, done) => this.egress.deliver(packet, done);
    aedes.deliverQoS = aedes.deliver0;
    this.inbound = new InboundQueue(this, takeInlet(aedes, context.readsDirectly));
  }

  get id(): string {
    return this.aedes.id;
  }

  get clean(): boolean {
    return this.aedes.clean;
  }

  get isOpen(): boolean {
    return this.phase !== 'ended' && !this.aedes.closed && !this.aedes.conn.destroyed;
  }

  /** The largest packet that the client may send now. */
  get packetBytesMax(): number {
    const { limits } = this.context;
    return this.aedes.connackSent ? limits.packetBytesMax : limits.packetBytesBeforeConnackMax;
  }

  subscription(filter: string): Qos | undefined {
    return this.aedes.subscriptions[filter]?.qos;
  }

  /** Returns the highest QoS among the filters that match the topic [MQTT-3.3.5-1], or undefined. */
  grantedQos(topic: string): Qos | undefined {
    const { subscriptions } = this.aedes;
    let highest: Qos | undefined;
    for (const filter in subscriptions) {
      const qos = subscriptions[filter]?.qos;
      if (qos !== undefined && (highest === undefined || qos > highest) && filterMatches(filter, topic)) highest = qos;
    }
    return highest;
  }

  /** Takes a packet from the parser. `consumedBytes` is the length of the fields that the parser read. */
  receive(packet: InboundPacket, consumedBytes: number): void {
    if (packet.cmd === 'connect' && (packet.bridgeMode === true || packet.protocolVersion === 5)) {
      this.aedes.conn.write(connackFrame(1));
      this.fault('protocol level not supported; use 3.1.1 [MQTT-3.1.2-2]');
      return;
    }
    const fault = faultOf(packet, consumedBytes, this.context.limits.topicLevelsMax);
    if (fault === undefined) this.inbound.receive(packet);
    else this.fault(fault);
  }

  send(topic: string, payload: Buffer | string, qos: 0 | 1, done: (outcome: SendOutcome) => void): void {
    this.egress.send(topic, payload, qos, done);
  }

  close(reason: string): void {
    this.endReason ??= reason;
    this.aedes.close();
  }

  /** Ends the connection for a fault of the peer. */
  fault(reason: string): void {
    this.endReason ??= reason;
    this.aedes.emit('error', new Error(reason));
  }

  /** Ends the connection for a fault of the server. Publishes that are not acknowledged yet stay so. */
  fail(counter: FailureCounter, reason: string, error: unknown): void {
    this.context.counters[counter]++;
    this.context.log('error', reason, { clientId: this.id, error });
    this.close(reason);
  }

  /** Joins the small writes of one turn of the event loop. */
  write(frame: Buffer, done?: (error?: Error | null) => void): void {
    const { conn } = this.aedes;
    if (!this.#isCorked) {
      this.#isCorked = true;
      conn.cork();
      process.nextTick(uncork, this);
    }
    conn.write(frame, done);
  }

  uncork(): void {
    this.#isCorked = false;
    this.aedes.conn.uncork();
  }

  /** Stops reading the socket until `resumeReading` was called as often. Bytes that were read already still arrive. */
  pauseReading(): void {
    if (this.#holds++ === 0) this.aedes.pause();
  }

  resumeReading(): void {
    if (--this.#holds === 0) setImmediate(resume, this);
  }

  resume(): void {
    if (this.#holds === 0 && !this.aedes.closed) this.aedes.resume();
  }

  /** Restarts the keep alive: a packet arrived, or one of the client was acknowledged [MQTT-3.1.2-24]. */
  refreshKeepAlive(): void {
    if (this.aedes._keepaliveInterval > 0) this.aedes._keepaliveTimer?.refresh();
  }

  end(reason: string): void {
    this.egress.end();
    this.inbound.end();
    if (this.phase === 'ended') return;
    const wasReady = this.phase === 'ready';
    this.endReason ??= reason;
    this.phase = 'ended';
    if (wasReady) this.callHook('disconnected', (hooks) => hooks.disconnected(this, this.endReason ?? reason));
  }

  /** Calls a hook. If it throws, which is a bug, the connection ends and the process goes on. */
  callHook(name: string, call: (hooks: EdgeContext['hooks']) => void): void {
    try {
      call(this.context.hooks);
    } catch (error) {
      this.fail('hookFailures', `hook ${name} failed`, error);
    }
  }
}

function uncork(connection: Connection): void {
  connection.uncork();
}

function resume(connection: Connection): void {
  connection.resume();
}
