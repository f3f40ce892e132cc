import type { Rooms } from './rooms.js';

export const server: Rooms = {};
