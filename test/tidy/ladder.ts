/** The packages a package may import, by name and never an inner file. No package imports bench. */
export const LADDER: Readonly<Record<string, readonly string[]>> = {
  twin: [],
  conditions: ['twin'],
  registry: ['twin'],
  reconciler: ['twin', 'conditions', 'registry'],
  broker: ['twin', 'registry'],
  server: ['twin', 'conditions', 'registry', 'reconciler', 'broker'],
  'device-sdk': ['twin'],
  client: ['twin'],
  cli: ['client', 'device-sdk', 'twin'],
  bench: ['twin', 'conditions', 'registry', 'reconciler', 'broker', 'server', 'device-sdk', 'client', 'cli'],
};

/** The packages that only the tests of a package may import besides. */
export const LADDER_OF_TESTS: Readonly<Record<string, readonly string[]>> = { server: ['client'] };
