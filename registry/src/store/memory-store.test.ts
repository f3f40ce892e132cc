import { MemoryStore } from '../index.js';
import { runStoreTests } from '../testing/index.js';

const cannot = 'everything is in the memory of one process';

runStoreTests('memory', {
  open: async () => new MemoryStore(),
  reopen: { cannot },
  crash: { cannot },
  destroy: async () => {},
});
