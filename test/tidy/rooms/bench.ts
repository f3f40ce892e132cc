import type { Rooms } from './rooms.js';

export const bench: Rooms = {};
