import type { Rooms } from './rooms.js';

export const twin: Rooms = {};
