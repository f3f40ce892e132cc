import type { Rooms } from './rooms.js';

export const cli: Rooms = {};
