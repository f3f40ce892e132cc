import type { Rooms } from './rooms.js';

export const conditions: Rooms = {
  language: [],
  parse: ['language'],
  collections: [],
  'key-index/access': ['language'],
  'key-index/postings': ['key-index/access', 'language', 'collections'],
  'key-index': ['key-index/access', 'key-index/postings', 'language', 'collections'],
  'devices/storage': ['language', 'collections'],
  'devices/planning': ['devices/storage', 'language', 'collections'],
  devices: ['devices/storage', 'devices/planning', 'language', 'collections'],
};
