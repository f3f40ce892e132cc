/** Every invariant, one line each. */

import { admissions } from './admissions.js';
import { answers } from './answers.js';
import { attempts } from './attempts.js';
import type { MakeChecker } from './checker.js';
import { compareAndSet } from './compare-and-set.js';
import { convergence } from './convergence.js';
import { delivery } from './delivery.js';
import { durableAcknowledgements } from './durable-acknowledgements.js';
import { indexEqualsScan } from './index-equals-scan.js';
import { isolation } from './isolation.js';
import { noBugsLogged } from './no-bugs-logged.js';
import { oneWinner } from './one-winner.js';
import { orderlyStop } from './orderly-stop.js';
import { rate } from './rate.js';
import { revert } from './revert.js';
import { rolloutCounts } from './rollout-counts.js';
import { rolloutProgress } from './rollout-progress.js';
import { silence } from './silence.js';
import { versions } from './versions.js';

/** Checkers that change the world at the end come last. */
export const CHECKERS: readonly MakeChecker[] = [
  durableAcknowledgements,
  versions,
  delivery,
  oneWinner,
  isolation,
  compareAndSet,
  indexEqualsScan,
  admissions,
  attempts,
  rate,
  rolloutProgress,
  rolloutCounts,
  noBugsLogged,
  answers,
  convergence,
  silence,
  revert,
  orderlyStop,
];
