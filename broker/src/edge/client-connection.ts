import { readAcknowledgementsDirectly } from './acknowledgement-shortcut.js';
import type { AedesClient, ClientSide } from './aedes-fields.js';
import { Connection } from './connection.js';
import type { SendOutcome } from './edge-client.js';
import type { EdgeContext } from './edge-context.js';
import { Egress } from './egress.js';
import { Inbox } from './inbox.js';
import { faultOf, type InboundPacket } from './packet-fault.js';
import { guardPacketLength } from './packet-guard.js';
import { connackFrame } from './raw-frame.js';
import { takeInlet } from './strict-inlet.js';

/** A connection with its two directions: packets in through the inbox, publishes out through the egress. */
export class ClientConnection extends Connection implements ClientSide {
  readonly inbox: Inbox;
  readonly egress: Egress;

  constructor(context: EdgeContext, aedes: AedesClient) {
    super(context, aedes);
    aedes.edge = this;
    this.egress = new Egress(this);
    aedes.deliver0 = (packet, done) => this.egress.deliver(packet, done);
    aedes.deliverQoS = aedes.deliver0;
    guardPacketLength(aedes);
    readAcknowledgementsDirectly(aedes);
    this.inbox = new Inbox(this, this.egress, takeInlet(aedes));
  }

  get packetBytesMax(): number {
    const { limits } = this.context;
    return this.aedes.connackSent ? limits.packetBytesMax : limits.packetBytesBeforeConnackMax;
  }

  receive(packet: InboundPacket, consumedBytes: number): void {
    if (packet.cmd === 'connect' && (packet.bridgeMode === true || packet.protocolVersion === 5)) {
      this.aedes.conn.write(connackFrame(1));
      this.fault('protocol level not supported, 3.1.1 is [MQTT-3.1.2-2]');
      return;
    }
    const fault = faultOf(packet, consumedBytes, this.context.limits.topicLevelsMax);
    if (fault === undefined) this.inbox.receive(packet);
    else this.fault(fault);
  }

  override send(topic: string, payload: Buffer | string, qos: 0 | 1, done: (outcome: SendOutcome) => void): void {
    this.egress.send(topic, payload, qos, done);
  }

  override end(reason: string): void {
    this.egress.end();
    super.end(reason);
  }
}
