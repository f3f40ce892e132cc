/** Every limit of the protocol and the server, in one place. Bytes are those of UTF-8 JSON. */
export const LIMITS = {
  desiredBytesMax: 32 * 1024,
  reportedBytesMax: 32 * 1024,
  tagsBytesMax: 8 * 1024,
  /** The root of a document has depth 1. */
  documentDepthMax: 10,
  documentKeysMax: 1_000,
  keyBytesMax: 1024,
  stringBytesMax: 4 * 1024,
  /** A text nested deeper is refused before it is parsed, so that no recursive function sees it. */
  textDepthMax: 64,
  nameBytesMax: 1024,
  descriptionBytesMax: 4 * 1024,
  labelsMax: 64,
  errorTextBytesMax: 1024,
  reportIdBytesMax: 256,
  secretLengthMin: 16,
  secretLengthMax: 1024,
  generationsKept: 20,
  durationMsMax: 365 * 24 * 3_600_000,
  rolloutPhasesMax: 100,
  rolloutRetriesMax: 100,
  rolloutRatePerMinuteMax: 10_000_000,
  /** Bound of `minimum` of an abort threshold, in finished devices. */
  rolloutAbortMinimumMax: 1_000_000_000,
  /** A percent is a whole number of thousandths, so that a share of a fleet is exact to one device. */
  percentDecimalsMax: 3,
  timezoneLengthMax: 256,
  /** Names whose check against the time zone database is cached. */
  timezonesRemembered: 10_000,
  trailStepsMax: 4,
  trailBytesMax: 16 * 1024,

  conditionLengthMax: 4096,
  conditionNodesMax: 500,
  conditionDepthMax: 64,

  packetBytesMax: 256 * 1024,
  packetBytesBeforeConnackMax: 16 * 1024,
  httpBodyBytesMax: 1024 * 1024,
  importLineBytesMax: 1024 * 1024,
  pageItemsDefault: 100,
  pageItemsMax: 1_000,
  previewSampleMax: 10,
  /** Different errors of failed devices that the status of a rollout lists. */
  rolloutFailuresMax: 20,
  previewChangesMax: 100,
  /** Different changes that a preview holds while it reads the fleet, and the length of their texts. */
  previewChangesHeldMax: 10_000,
  previewChangesHeldLengthMax: 4 * 1024 * 1024,

  connectTimeoutMs: 10_000,
  authenticateTimeoutMs: 10_000,
  /** If a hook has not answered a publish by this time, the connection is closed. */
  publishHookTimeoutMs: 30_000,
  inflightPublishesPerClientMax: 1_000,
  subscriptionsPerClientMax: 100,
  filtersPerSubscribeMax: 50,
  topicLevelsMax: 32,
  socketBacklogBytesMax: 1024 * 1024,
  /** For one session, connected or not; topics and payloads count. */
  offlineQueueMessagesMax: 1_000,
  offlineQueueBytesMax: 8 * 1024 * 1024,
  sessionExpiryMs: 7 * 24 * 3_600_000,
  /** For messages that clients publish; messages that the server itself retains always fit. */
  retainedMessagesMax: 100_000,
  retainedBytesMax: 64 * 1024 * 1024,
  /** For all topics with the same first two levels. One device may publish only below `devices/{id}`. */
  retainedMessagesPerOwnerMax: 1_000,
  retainedBytesPerOwnerMax: 1024 * 1024,

  changeLogAgeMs: 7 * 24 * 3_600_000,
  changeLogBytesMax: 1024 * 1024 * 1024,
  feedBacklogBytesMax: 4 * 1024 * 1024,
  indexedPathsMax: 1_000,
  indexedValuesMax: 4_000_000,
  /** Enabled configurations whose condition no index can look up, except those that are TRUE for every device. */
  scannedConfigurationsMax: 1_000,
  sweepIntervalMs: 15 * 60_000,
  sliceMs: 4,
} as const;
