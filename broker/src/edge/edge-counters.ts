/** Totals since the edge was created; they only rise. */
export class EdgeCounters {
  connectionsAccepted = 0;
  connectionsRefused = 0;
  /** Connections closed for a fault of the peer: malformed packets, limits, silence. */
  connectionsFaulted = 0;
  publishesReceived = 0;
  publishesForwarded = 0;
  subscriptionsRefused = 0;
  /** Messages for a session that did not fit its queue, by number or by bytes. */
  queuedMessagesDropped = 0;
  /** QoS 0 messages not written because the socket of the receiver was full. */
  slowMessagesDropped = 0;
  slowConsumersClosed = 0;
  /** Messages of clients that were delivered but not retained: the limit in total or of their owner was reached. */
  retainedMessagesRefused = 0;
  storeFailures = 0;
  hookFailures = 0;
  /** Connections closed because a publish hook timed out. */
  hookTimeouts = 0;
  willsDiscarded = 0;
  sessionsExpired = 0;
}
