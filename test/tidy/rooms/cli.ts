import type { Rooms } from './rooms.js';

export const cli: Rooms = {
  text: [],
  options: [],
  failure: ['text'],
  session: ['failure', 'options', 'text'],
  output: ['text'],
  files: ['failure'],
  configurations: ['files', 'session', 'failure', 'options', 'text'],
  simulate: ['session', 'failure', 'text'],
  commands: ['text', 'options', 'failure', 'session', 'output', 'files', 'configurations', 'simulate'],
};
