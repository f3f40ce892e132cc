/** A fake server and a fake terminal for tests of commands. */
export { configurationView, deviceView, FAKE_TOKEN, FakeServer } from './fake-server.js';
export { createFakeTerminal, type FakeTerminal, type FakeTerminalOptions } from './fake-terminal.js';
export { phaseView, rolloutView } from './rollout-view.js';
