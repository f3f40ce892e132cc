import { TwinError } from '@muster/twin';

/** Returns the part, or throws `unavailable` while it has not started. */
export function mustRun<Part>(part: Part | undefined): Part {
  if (part) return part;
  throw new TwinError('unavailable', 'the server is still starting: retry in a moment');
}
