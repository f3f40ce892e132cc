import type { Command } from 'commander';
import type { Session } from './session.js';

/** Adds a command to the program. */
export type Define = (program: Command, start: Start) => void;

/** Makes an action of what a command does: `Args` are its arguments and its options, the answer its exit code. */
export type Start = <Args extends unknown[]>(
  work: (session: Session, ...args: Args) => Promise<number>,
) => (...all: [...Args, Command]) => Promise<void>;
