import type { Command } from 'commander';
import type { Session } from './session.js';

/** Adds a command to the program. */
export type Define = (program: Command, start: Start) => void;

/** Turns the work of a command into a commander action. The work takes arguments and options, returns the exit code. */
export type Start = <Args extends unknown[]>(
  work: (session: Session, ...args: Args) => Promise<number>,
) => (...all: [...Args, Command]) => Promise<void>;
