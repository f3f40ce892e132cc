import type { Rooms } from './rooms.js';

export const broker: Rooms = {};
