import type { EdgeClient, Qos } from './edge-client.js';

export interface AuthenticateRequest {
  clientId: string;
  username: string | undefined;
  password: Buffer | undefined;
  clean: boolean;
  remoteAddress: string;
}

/** A principal, or the return code of the CONNACK that refuses. */
export type AuthenticateAnswer<Principal> = { principal: Principal } | { refused: 4 | 5 };

/** A PUBLISH as it arrived. The payload is a view of the network buffer: copy what is kept. */
export interface ReceivedPublish {
  topic: string;
  payload: Buffer;
  qos: Qos;
  retain: boolean;
  dup: boolean;
}

/** `forward`: deliver it to subscribers. `done`: nothing more to do. Both are acknowledged. */
export type PublishOutcome = 'forward' | 'done';

export interface GrantedFilter {
  filter: string;
  qos: Qos;
}

/** What the owner of the edge decides. Rights are asked synchronously, so they have to be loaded in `authenticate`. */
export interface EdgeHooks<Principal> {
  /** Anything thrown, or no answer within LIMITS.authenticateTimeoutMs, answers CONNACK 3. */
  authenticate(request: AuthenticateRequest): Promise<AuthenticateAnswer<Principal>>;
  /**
   * `false` answers SUBACK 0x80. `$SYS`, `$share/`, `$queue/` and `$muster/` are refused without asking. The client id
   * says who asks, as principals need not.
   */
  maySubscribe(principal: Principal, filter: string, clientId: string): boolean;
  /** Asked again for every delivery: live, queued while away, retained, wills. */
  mayReceive(principal: Principal, topic: string): boolean;
  /**
   * Every publish of a client, called in arrival order without waiting for earlier ones. Acknowledgements and
   * fan-out follow in arrival order after the answer. A throw or a rejection is a bug, as is no answer within
   * LIMITS.publishHookTimeoutMs (noticed at the latest when twice as long has passed): the connection is closed and
   * nothing is acknowledged. A QoS 2 retransmission that is recognised does not come here again.
   */
  publish(client: EdgeClient<Principal>, packet: ReceivedPublish): Promise<PublishOutcome> | PublishOutcome;
  /** Asked at CONNECT (`false`: CONNACK 5) and again when the will fires (`false` discards it). */
  mayWill(principal: Principal, topic: string): boolean;
  /** Once, after CONNACK. */
  connected(client: EdgeClient<Principal>): void;
  /** After the SUBACK was written; only what was granted. Not called for what a resumed session restores. */
  subscribed(client: EdgeClient<Principal>, filters: readonly GrantedFilter[]): void;
  /** After the UNSUBACK was written; only what was held. */
  unsubscribed(client: EdgeClient<Principal>, filters: readonly string[]): void;
  /** Exactly once for each `connected`, and before `connected` of a connection that takes the client id over. */
  disconnected(client: EdgeClient<Principal>, reason: string): void;
}
