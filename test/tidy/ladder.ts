/** The packages a package may import, by name and never an inner file. No package imports bench. */
export const LADDER: Readonly<Record<string, readonly string[]>> = {
  twin: [],
  api: ['twin'],
  conditions: ['twin'],
  registry: ['twin', 'api'],
  reconciler: ['twin', 'api', 'conditions', 'registry'],
  broker: ['twin', 'api', 'registry'],
  server: ['twin', 'api', 'conditions', 'registry', 'reconciler', 'broker'],
  'device-sdk': ['twin'],
  client: ['twin', 'api'],
  cli: ['client', 'device-sdk', 'twin', 'api'],
  bench: ['twin', 'api', 'conditions', 'registry', 'reconciler', 'broker', 'server', 'device-sdk', 'client', 'cli'],
};

/** The packages that only the tests of a package may import besides. */
export const LADDER_OF_TESTS: Readonly<Record<string, readonly string[]>> = { server: ['client'] };
