import type { Rooms } from './rooms.js';

export const reconciler: Rooms = {};
