/** Totals since the edge was created; they only rise. */
export interface EdgeCounters {
  connectionsAccepted: number;
  connectionsRefused: number;
  /** Connections closed for a fault of the peer: malformed packets, limits, silence. */
  connectionsFaulted: number;
  publishesReceived: number;
  publishesForwarded: number;
  subscriptionsRefused: number;
  /** Messages for a session that did not fit its queue, by number or by bytes. */
  queuedMessagesDropped: number;
  /** QoS 0 messages not written because the socket of the receiver was full. */
  slowMessagesDropped: number;
  slowConsumersClosed: number;
  /** Messages of clients that were delivered, but did not fit the retained ones: all of them, or those of one owner. */
  retainedMessagesRefused: number;
  storeFailures: number;
  hookFailures: number;
  /** Connections closed because a publish hook did not answer in time. */
  hookTimeouts: number;
  willsDiscarded: number;
  sessionsExpired: number;
}

export function zeroCounters(): EdgeCounters {
  return {
    connectionsAccepted: 0,
    connectionsRefused: 0,
    connectionsFaulted: 0,
    publishesReceived: 0,
    publishesForwarded: 0,
    subscriptionsRefused: 0,
    queuedMessagesDropped: 0,
    slowMessagesDropped: 0,
    slowConsumersClosed: 0,
    retainedMessagesRefused: 0,
    storeFailures: 0,
    hookFailures: 0,
    hookTimeouts: 0,
    willsDiscarded: 0,
    sessionsExpired: 0,
  };
}
