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

/** A PUBLISH of a client. The payload is a view of the network buffer: copy it to keep it. */
export interface ReceivedPublish {
  topic: string;
  payload: Buffer;
  qos: Qos;
  retain: boolean;
  dup: boolean;
}

/** `forward`: deliver it to subscribers. `done`: do nothing more. Both are acknowledged. */
export type PublishOutcome = 'forward' | 'done';

export interface GrantedFilter {
  filter: string;
  qos: Qos;
}

/** The decisions of the owner of the edge. Rights are checked synchronously, so load them in `authenticate`. */
export interface EdgeHooks<Principal> {
  /** An error, or no answer within LIMITS.authenticateTimeoutMs, refuses the client with CONNACK 3. */
  authenticate(request: AuthenticateRequest): Promise<AuthenticateAnswer<Principal>>;
  /**
   * `false` refuses the filter with SUBACK 0x80. Filters under `$SYS`, `$share/`, `$queue/` and `$muster/` are refused
   * without a call. The client id is passed because a principal need not contain it.
   */
  maySubscribe(principal: Principal, filter: string, clientId: string): boolean;
  /** Called for every delivery: of live, queued and retained messages, and of wills. */
  mayReceive(principal: Principal, topic: string): boolean;
  /**
   * Called for every publish of a client in order of arrival, without waiting for earlier ones. Acknowledgements and
   * fan-out follow in order of arrival, once the hook has resolved. A recognised QoS 2 retransmission causes no call.
   * An error, or no answer within LIMITS.publishHookTimeoutMs, is a bug: the connection is closed and nothing is
   * acknowledged. The timeout is noticed after twice that time at the latest.
   */
  publish(client: EdgeClient<Principal>, packet: ReceivedPublish): Promise<PublishOutcome> | PublishOutcome;
  /** Called at CONNECT (`false`: CONNACK 5) and again when the will fires (`false` discards it). */
  mayWill(principal: Principal, topic: string): boolean;
  /** Called once, after CONNACK. */
  connected(client: EdgeClient<Principal>): void;
  /** Called with the granted filters, after SUBACK. Not called for the filters of a resumed session. */
  subscribed(client: EdgeClient<Principal>, filters: readonly GrantedFilter[]): void;
  /** Called with the filters that the client held, after UNSUBACK. */
  unsubscribed(client: EdgeClient<Principal>, filters: readonly string[]): void;
  /** Called once for each `connected`, and before `connected` of a connection that takes over the client id. */
  disconnected(client: EdgeClient<Principal>, reason: string): void;
}
