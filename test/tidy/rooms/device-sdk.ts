import type { Rooms } from './rooms.js';

export const deviceSdk: Rooms = {
  storage: [],
  machine: [],
};
