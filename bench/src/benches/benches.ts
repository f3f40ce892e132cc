import type { Bench } from '../measure/figure.js';
import { ack } from './ack.js';
import { curves } from './curves.js';
import { fleetPublish } from './fleet-publish.js';
import { importFleet } from './import.js';
import { join } from './join.js';
import { match } from './match.js';
import { preview } from './preview.js';
import { push } from './push.js';
import { restart } from './restart.js';
import { rollout } from './rollout.js';

/** By the name on the command line. */
export const BENCHES: Readonly<Record<string, Bench>> = {
  ack,
  push,
  join,
  match,
  import: importFleet,
  restart,
  'fleet-publish': fleetPublish,
  preview,
  rollout,
  curves,
};
