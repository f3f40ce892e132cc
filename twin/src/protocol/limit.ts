/** Every bound that the protocol or the server sets, in one place. Bytes are of UTF-8 JSON. */
export const LIMITS = {
  desiredBytesMax: 32 * 1024,
  reportedBytesMax: 32 * 1024,
  tagsBytesMax: 8 * 1024,
  /** The root of a document has depth 1. */
  documentDepthMax: 10,
  documentKeysMax: 1_000,
  keyBytesMax: 1024,
  stringBytesMax: 4 * 1024,
  /** Nesting at which a text is refused before it is parsed, so that nothing recursive ever sees it. */
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
  /** Of the number of finished devices below which an abort threshold is not judged. */
  rolloutAbortMinimumMax: 1_000_000_000,
  /** A percent is a whole number of thousandths, so that a share of a fleet is exact to one device. */
  percentDecimalsMax: 3,
  timezoneLengthMax: 256,
  /** Names of which it is remembered whether they are time zones. */
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
  /** Different errors of devices that failed in a rollout, in its status. */
  rolloutFailuresMax: 20,
  previewChangesMax: 100,
  /** Changes that are told apart while a fleet is previewed: so many, and so much text of them. */
  previewChangesHeldMax: 10_000,
  previewChangesHeldLengthMax: 4 * 1024 * 1024,

  connectTimeoutMs: 10_000,
  authenticateTimeoutMs: 10_000,
  /** A hook that has not answered a publish by then never will: the connection is closed. */
  publishHookTimeoutMs: 30_000,
  inflightPublishesPerClientMax: 1_000,
  subscriptionsPerClientMax: 100,
  filtersPerSubscribeMax: 50,
  topicLevelsMax: 32,
  socketBacklogBytesMax: 1024 * 1024,
  /** Of one session, whether it is connected or not; topics and payloads count. */
  offlineQueueMessagesMax: 1_000,
  offlineQueueBytesMax: 8 * 1024 * 1024,
  sessionExpiryMs: 7 * 24 * 3_600_000,
  /** Of what clients publish; what the server retains itself always fits. */
  retainedMessagesMax: 100_000,
  retainedBytesMax: 64 * 1024 * 1024,
  /** Below the first two levels of a topic: `devices/{id}` is all that one device may publish to. */
  retainedMessagesPerOwnerMax: 1_000,
  retainedBytesPerOwnerMax: 1024 * 1024,

  changeLogAgeMs: 7 * 24 * 3_600_000,
  changeLogBytesMax: 1024 * 1024 * 1024,
  feedBacklogBytesMax: 4 * 1024 * 1024,
  indexedPathsMax: 1_000,
  indexedValuesMax: 4_000_000,
  /** Enabled configurations whose condition no index can look up; those that are TRUE of every device aside. */
  scannedConfigurationsMax: 1_000,
  sweepIntervalMs: 15 * 60_000,
  sliceMs: 4,
} as const;
