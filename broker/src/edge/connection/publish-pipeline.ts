import type { Cancel } from '@muster/twin';
import type { PublishOutcome } from '../edge-hooks.js';
import type { PublishPacket } from '../packets/packet-fault.js';
import { ACKNOWLEDGEMENT } from '../packets/raw-frame.js';
import type { StoredPacket } from '../sessions/persistence-port.js';
import type { Connection, FailureCounter } from './connection.js';

/** Finished entries are dropped in batches of this size: dropping one at a time would copy the others each time. */
const FINISHED_ENTRIES_MAX = 1_000;

interface Entry {
  packet: PublishPacket;
  outcome: PublishOutcome | undefined;
}

/**
 * The publishes of one client. Hooks are called at once, in order of arrival. Fan-out and acknowledgements keep that
 * order too, however long each hook takes [MQTT-4.6.0-2] [MQTT-4.6.0-3].
 */
export class PublishPipeline {
  readonly #connection: Connection;
  #entries: Entry[] = [];
  #head = 0;
  /** Whether the first entry is being stored. */
  #isStoring = false;
  #hasFailed = false;
  #isHolding = false;
  /** Number of messages in the emitter. */
  #emitting = 0;
  #acknowledgements: number[] = [];
  /** QoS 2 ids between PUBLISH and PUBREL. */
  #received: Set<number> | undefined;
  #onEmitted: (() => void) | undefined;
  #cancelTimeout: Cancel | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Reports whether a QoS 2 packet id was received before and not released [MQTT-4.3.3-2]. */
  isKnown(packet: PublishPacket): boolean | Promise<boolean> {
    if (packet.qos < 2) return false;
    if (this.#received?.has(packet.messageId)) return true;
    const { aedes, context } = this.#connection;
    if (aedes.clean) return false;
    return context.sessions.isIncoming({ id: aedes.id }, packet.messageId);
  }

  receive(packet: PublishPacket, isKnown: boolean): void {
    const { context } = this.#connection;
    context.counters.publishesReceived++;
    const outcome = isKnown ? 'done' : this.#callHook(packet);
    if (outcome === undefined) return;
    if (typeof outcome === 'string') {
      if (this.#entries.length === 0) this.#finishFirst(packet, outcome);
      else this.#entries.push({ packet, outcome });
      return;
    }
    const entry: Entry = { packet, outcome: undefined };
    this.#entries.push(entry);
    if (this.#cancelTimeout === undefined) this.#startTimeout(entry);
    this.#holdIfFull();
    outcome.then(
      (settled) => {
        entry.outcome = settled;
        this.#advance();
      },
      (error) => this.#fail('hookFailures', 'hook publish failed', error),
    );
  }

  /** Forgets a QoS 2 id on PUBREL. Returns a promise if the session store has to forget it too. */
  releaseId(id: number): Promise<unknown> | undefined {
    this.#received?.delete(id);
    const { aedes, context } = this.#connection;
    return aedes.clean ? undefined : context.sessions.releaseIncoming({ id: aedes.id }, id);
  }

  end(): void {
    this.#cancelTimeout?.();
  }

  /** One timer for all publishes: it watches one hook and, once that has resolved, the oldest that has not. */
  #startTimeout(entry: Entry): void {
    const { clock, limits } = this.#connection.context;
    this.#cancelTimeout = clock.after(limits.publishHookTimeoutMs, () => {
      this.#cancelTimeout = undefined;
      if (this.#hasFailed || !this.#connection.isOpen) return;
      if (entry.outcome === undefined) this.#timeOut(entry);
      else this.#startTimeoutOfOldest();
    });
  }

  #startTimeoutOfOldest(): void {
    const oldest = this.#entries.find(({ outcome }) => outcome === undefined);
    if (oldest !== undefined) this.#startTimeout(oldest);
  }

  #timeOut({ packet }: Entry): void {
    this.#fail('hookTimeouts', 'hook publish timed out', new Error(`no answer to ${packet.topic}`));
  }

  #callHook(packet: PublishPacket): PublishOutcome | Promise<PublishOutcome> | undefined {
    if (packet.qos === 2 && !this.#remember(packet.messageId)) return undefined;
    try {
      return this.#connection.context.hooks.publish(this.#connection, packet);
    } catch (error) {
      this.#fail('hookFailures', 'hook publish failed', error);
      return undefined;
    }
  }

  #remember(id: number): boolean {
    this.#received ??= new Set();
    this.#received.add(id);
    if (this.#received.size <= this.#connection.context.limits.inflightPublishesPerClientMax) return true;
    this.#connection.fault('too many QoS 2 messages await PUBREL');
    return false;
  }

  /** The common case: no packet waits before this one, and its hook returned at once. */
  #finishFirst(packet: PublishPacket, outcome: PublishOutcome): void {
    if (this.#hasFailed) return;
    const storing = this.#finish(packet, outcome);
    if (storing === undefined) return;
    this.#entries.push({ packet, outcome });
    this.#waitFor(storing);
  }

  #advance(): void {
    while (!this.#isStoring && !this.#hasFailed) {
      const entry = this.#entries[this.#head];
      if (entry?.outcome === undefined) break;
      const storing = this.#finish(entry.packet, entry.outcome);
      if (storing === undefined) this.#shift();
      else this.#waitFor(storing);
    }
    this.#releaseIfRoom();
  }

  #waitFor(storing: Promise<void>): void {
    this.#isStoring = true;
    this.#holdIfFull();
    storing.then(
      () => {
        this.#isStoring = false;
        this.#shift();
        this.#advance();
      },
      (error) => this.#fail('storeFailures', 'storing a publish failed', error),
    );
  }

  #shift(): void {
    this.#head++;
    const isEmpty = this.#head === this.#entries.length;
    if (!isEmpty && this.#head < FINISHED_ENTRIES_MAX) return;
    this.#entries = isEmpty ? [] : this.#entries.slice(this.#head);
    this.#head = 0;
  }

  #finish(packet: PublishPacket, outcome: PublishOutcome): Promise<void> | undefined {
    if (outcome !== 'forward' || packet.topic.startsWith('$SYS/')) return this.#accept(packet);
    const { fanOut } = this.#connection.context;
    const message = fanOut.prepare(packet);
    const storing = fanOut.store(message, 'client');
    if (storing === undefined) {
      this.#emit(message);
      return this.#accept(packet);
    }
    return storing.then(() => {
      this.#emit(message);
      return this.#accept(packet);
    });
  }

  #emit(message: StoredPacket): void {
    this.#emitting++;
    this.#onEmitted ??= () => {
      this.#emitting--;
      this.#releaseIfRoom();
    };
    this.#connection.context.fanOut.emit(message, this.#onEmitted);
    this.#holdIfFull();
  }

  #accept(packet: PublishPacket): Promise<void> | undefined {
    if (packet.qos === 0) return undefined;
    if (packet.qos === 1) {
      this.#acknowledge(ACKNOWLEDGEMENT.puback, packet.messageId);
      return undefined;
    }
    const { aedes, context } = this.#connection;
    if (aedes.clean) {
      this.#acknowledge(ACKNOWLEDGEMENT.pubrec, packet.messageId);
      return undefined;
    }
    const storing = context.sessions.storeIncoming({ id: aedes.id }, packet.messageId);
    return storing.then(() => this.#acknowledge(ACKNOWLEDGEMENT.pubrec, packet.messageId));
  }

  /** Joins the acknowledgements of one turn of the event loop into one write. */
  #acknowledge(header: number, id: number): void {
    if (this.#acknowledgements.length === 0) process.nextTick(flush, this);
    this.#acknowledgements.push((header << 16) | id);
  }

  flush(): void {
    const acknowledgements = this.#acknowledgements;
    this.#acknowledgements = [];
    if (!this.#connection.isOpen) return;
    const frame = Buffer.allocUnsafe(acknowledgements.length * 4);
    let at = 0;
    for (const acknowledgement of acknowledgements) {
      frame[at++] = acknowledgement >> 16;
      frame[at++] = 2;
      frame[at++] = (acknowledgement >> 8) & 0xff;
      frame[at++] = acknowledgement & 0xff;
    }
    this.#connection.write(frame);
    this.#connection.refreshKeepAlive();
  }

  #fail(counter: FailureCounter, reason: string, error: unknown): void {
    this.#hasFailed = true;
    this.#connection.fail(counter, reason, error);
  }

  get #load(): number {
    return this.#entries.length - this.#head + this.#emitting;
  }

  #holdIfFull(): void {
    if (this.#isHolding || this.#load < this.#connection.context.limits.inflightPublishesPerClientMax) return;
    this.#isHolding = true;
    this.#connection.pauseReading();
  }

  #releaseIfRoom(): void {
    if (!this.#isHolding || this.#load > this.#connection.context.limits.inflightPublishesPerClientMax / 2) return;
    this.#isHolding = false;
    this.#connection.resumeReading();
  }
}

function flush(pipeline: PublishPipeline): void {
  pipeline.flush();
}
