import type { Rooms } from './rooms.js';

export const registry: Rooms = {
  log: [],
  input: [],
  record: [],
  rollout: ['record'],
  store: ['record', 'log'],
  'store/lmdb': ['store', 'log'],
  device: ['store', 'record', 'log', 'input'],
  configuration: ['store', 'record', 'log', 'input', 'rollout'],
};
