import type { Rooms } from './rooms.js';

export const client: Rooms = {
  transport: [],
  resources: ['transport'],
  streams: ['transport'],
};
