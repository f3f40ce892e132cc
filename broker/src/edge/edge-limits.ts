import { LIMITS } from '@muster/twin';

const DEFAULTS = {
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
  /** Most stored messages of a session in flight at a time. */
  sessionWindowMessagesMax: 100,
};

/** Limits of one edge: messages, packets and times. Defaults are LIMITS. */
export type EdgeLimits = Record<keyof typeof DEFAULTS, number>;

export function edgeLimits(overrides: Partial<EdgeLimits> = {}): EdgeLimits {
  return { ...DEFAULTS, ...overrides };
}
