import type { Rooms } from './rooms.js';

export const twin: Rooms = {
  ports: [],
  protocol: [],
  text: ['protocol'],
  json: ['protocol'],
  time: ['protocol'],
  document: ['json', 'text', 'protocol'],
  layer: ['json'],
  message: ['json', 'text', 'protocol'],
};
