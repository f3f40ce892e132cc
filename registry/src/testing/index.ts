/** What tests of this and other packages share: a clock of their own, and the suite every store must pass. */
export { FakeClock } from './fake-clock.js';
export { makeDevice } from './make-device.js';
export { type OldAnswers, type OldData, unpackOldData } from './old-data.js';
export { openRegistry } from './open-registry.js';
export { setDesired } from './set-desired.js';
export { runStoreTests } from './store-conformance.js';
export type { Crashed, StoreFixture } from './store-fixture.js';
