/** What tests of all packages share: a clock, stores with faults, and the suite that every store passes. */
export { FakeClock } from './fake-clock.js';
export { LateStore } from './late-store.js';
export { makeDevice } from './make-device.js';
export { type OldAnswers, type OldData, unpackOldData } from './old-data.js';
export { onDeviceCommit } from './on-device-commit.js';
export { openRegistry, openTestStore } from './open-registry.js';
export { OPERATOR } from './operator.js';
export { ReplayingStore } from './replaying-store.js';
export { setDesired } from './set-desired.js';
export { runStoreTests } from './store-suite/store-conformance.js';
export type { Crashed, StoreFixture } from './store-suite/store-fixture.js';
