import type { Rooms } from './rooms.js';

export const bench: Rooms = {
  load: [],
  measure: ['load'],
  benches: ['load', 'measure'],
  compare: ['load', 'measure', 'benches'],
  'kill-loop': ['load'],
  'power-loss': ['load'],
  sim: ['sim/kernel', 'sim/mutations', 'sim/world', 'sim/commands', 'sim/checkers'],
  'sim/kernel': ['load'],
  'sim/observation': [],
  'sim/mutations': [],
  'sim/oracle': [],
  'sim/store': [],
  'sim/transport': [],
  'sim/device': [],
  'sim/world': ['sim/kernel', 'sim/observation', 'sim/oracle', 'sim/store', 'sim/transport', 'sim/device'],
  'sim/commands': ['sim/kernel', 'sim/device'],
  'sim/checkers': ['sim/kernel', 'sim/oracle'],
};
