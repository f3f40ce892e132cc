export type Qos = 0 | 1 | 2;

/** Outcome of a raw send: PUBACK came (QoS 1), the bytes were written (QoS 0), or the connection ended first. */
export type SendOutcome = 'acknowledged' | 'written' | 'closed';

/** One connection of one client, from CONNACK to the end of the socket. A reconnect makes a new EdgeClient. */
export interface EdgeClient<Principal> {
  readonly id: string;
  readonly principal: Principal;
  /** The clean session flag of CONNECT. */
  readonly clean: boolean;
  /** Address of the peer, empty where the transport has none. */
  readonly remoteAddress: string;
  readonly isOpen: boolean;
  /** Returns the QoS granted for exactly this filter, in this connection or in a resumed session, or undefined. */
  subscription(filter: string): Qos | undefined;
  /**
   * Writes one PUBLISH straight to the socket, bypassing every queue: RETAIN 0, DUP 0, never sent again.
   * `done` is called exactly once and never synchronously.
   */
  send(topic: string, payload: Buffer | string, qos: 0 | 1, done: (outcome: SendOutcome) => void): void;
  /** Ends the connection, without the reason: MQTT 3.1.1 has no packet for it. A will fires. */
  close(reason: string): void;
}
