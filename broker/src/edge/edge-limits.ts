import { LIMITS } from '@muster/twin';

/** Retained, queued and in-flight messages, packets and times that one edge is bounded by. Defaults are LIMITS. */
export interface EdgeLimits {
  packetBytesMax: number;
  packetBytesBeforeConnackMax: number;
  connectTimeoutMs: number;
  authenticateTimeoutMs: number;
  publishHookTimeoutMs: number;
  inflightPublishesPerClientMax: number;
  subscriptionsPerClientMax: number;
  filtersPerSubscribeMax: number;
  topicLevelsMax: number;
  socketBacklogBytesMax: number;
  offlineQueueMessagesMax: number;
  offlineQueueBytesMax: number;
  sessionExpiryMs: number;
  retainedMessagesMax: number;
  retainedBytesMax: number;
  retainedMessagesPerOwnerMax: number;
  retainedBytesPerOwnerMax: number;
  /** Stored messages of a session that are under way at once, not yet acknowledged. */
  sessionWindowMessagesMax: number;
}

const SESSION_WINDOW_MESSAGES_MAX = 100;

export function edgeLimits(overrides: Partial<EdgeLimits> = {}): EdgeLimits {
  return {
    packetBytesMax: LIMITS.packetBytesMax,
    packetBytesBeforeConnackMax: LIMITS.packetBytesBeforeConnackMax,
    connectTimeoutMs: LIMITS.connectTimeoutMs,
    authenticateTimeoutMs: LIMITS.authenticateTimeoutMs,
    publishHookTimeoutMs: LIMITS.publishHookTimeoutMs,
    inflightPublishesPerClientMax: LIMITS.inflightPublishesPerClientMax,
    subscriptionsPerClientMax: LIMITS.subscriptionsPerClientMax,
    filtersPerSubscribeMax: LIMITS.filtersPerSubscribeMax,
    topicLevelsMax: LIMITS.topicLevelsMax,
    socketBacklogBytesMax: LIMITS.socketBacklogBytesMax,
    offlineQueueMessagesMax: LIMITS.offlineQueueMessagesMax,
    offlineQueueBytesMax: LIMITS.offlineQueueBytesMax,
    sessionExpiryMs: LIMITS.sessionExpiryMs,
    retainedMessagesMax: LIMITS.retainedMessagesMax,
    retainedBytesMax: LIMITS.retainedBytesMax,
    retainedMessagesPerOwnerMax: LIMITS.retainedMessagesPerOwnerMax,
    retainedBytesPerOwnerMax: LIMITS.retainedBytesPerOwnerMax,
    sessionWindowMessagesMax: SESSION_WINDOW_MESSAGES_MAX,
    ...overrides,
  };
}
