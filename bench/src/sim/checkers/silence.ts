import type { Checker } from './checker.js';

const NAME = 'S18 a converged system writes nothing and sends nothing';
/** Longer than a sweep takes. */
const SILENCE_MS = 20 * 60_000;

export function silence(): Checker {
  let sent = 0;
  return {
    name: NAME,
    onObservation: (event) => {
      if (event.kind === 'sent') sent += 1;
    },
    atEnd: async (world) => {
      const before = { commits: world.disk.commits, sent };
      if (!world.mutation.losesWakeUps) world.server?.store.wakeAll();
      await world.pass(SILENCE_MS);
      await world.quiet();
      if (world.disk.commits > before.commits) world.fail(NAME, `${world.disk.commits - before.commits} writes`);
      if (sent > before.sent) world.fail(NAME, `${sent - before.sent} messages`);
    },
  };
}
