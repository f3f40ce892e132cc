import type { Rooms } from './rooms.js';

export const broker: Rooms = {
  'edge/packets': [],
  'edge/sessions': [],
  'edge/aedes': ['edge/packets'],
  'edge/connection': ['edge/aedes', 'edge/packets'],
  edge: ['edge/aedes', 'edge/connection', 'edge/sessions'],
};
