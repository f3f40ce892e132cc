export type Qos = 0 | 1 | 2;

/** How a raw send ended: PUBACK came (QoS 1), the bytes were handed to the socket (QoS 0), or the connection ended first. */
export type SendOutcome = 'acknowledged' | 'written' | 'closed';

/** One connection of one client, from CONNACK to the end of the socket. A reconnect is another EdgeClient. */
export interface EdgeClient<Principal> {
  readonly id: string;
  readonly principal: Principal;
  /** The clean session flag of CONNECT. */
  readonly clean: boolean;
  /** Address of the peer, empty where the transport has none. */
  readonly remoteAddress: string;
  readonly isOpen: boolean;
  /** Granted QoS of an exact filter that this session holds, also one of a resumed session, or undefined. */
  subscription(filter: string): Qos | undefined;
  /**
   * Writes one PUBLISH straight to the socket, past every queue: RETAIN 0, DUP 0, never sent again.
   * `done` is called exactly once and never synchronously.
   */
  send(topic: string, payload: Buffer | string, qos: 0 | 1, done: (outcome: SendOutcome) => void): void;
  /** Ends the connection; 3.1.1 has no packet that would tell the client why. A will fires. */
  close(reason: string): void;
}
