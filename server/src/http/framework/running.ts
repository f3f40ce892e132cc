import { TwinError } from '@muster/twin';

/** The part, once it runs; `unavailable` before. */
export function mustRun<Part>(part: Part | undefined): Part {
  if (part) return part;
  throw new TwinError('unavailable', 'the server is still starting: try again in a moment');
}
