import { MemoryStore } from '../index.js';
import { LateStore, ReplayingStore, runStoreTests } from '../testing/index.js';

const cannot = 'everything is in the memory of one process';

for (const [name, open] of [
  ['memory', () => new MemoryStore()],
  ['memory whose flushes end late', () => new LateStore()],
  ['memory that makes every decision twice', () => new ReplayingStore(new MemoryStore())],
] as const) {
  runStoreTests(name, { open: async () => open(), reopen: { cannot }, crash: { cannot }, destroy: async () => {} });
}
