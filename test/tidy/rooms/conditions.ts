import type { Rooms } from './rooms.js';

export const conditions: Rooms = {};
