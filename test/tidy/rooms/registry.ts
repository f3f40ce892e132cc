import type { Rooms } from './rooms.js';

export const registry: Rooms = {};
