import type { Rooms } from './rooms.js';

export const server: Rooms = {
  settings: [],
  storage: ['settings'],
  policy: ['settings'],
  'http/framework': ['policy', '.'],
  'http/views': ['http/framework'],
  'http/openapi': ['http/framework'],
  'http/routes': ['http/framework', 'http/views', 'http/openapi'],
  http: ['http/framework', 'http/views', 'http/openapi', 'http/routes'],
};
