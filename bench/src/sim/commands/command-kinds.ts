/** Every kind of command, one line each. */
import type { CommandKind } from './command.js';
import { editCondition, putConfiguration, removeConfiguration, switchConfiguration } from './configurations.js';
import { cut, duplicate, heal, partition } from './connections.js';
import { finish, forget, powerOn, report, vanish } from './devices.js';
import { patchOwn, patchTags, race, register, removeDevice, switchDevice } from './registrations.js';
import { actOnRollout, finishAll, rewriteRollout } from './rollouts.js';
import { breakDisk, crash, crashAfterWrite, failStore, loseWakeUps, restart, slowDisk, trimLog } from './server.js';
import { jump, pass, rest, turn } from './time.js';

export const COMMAND_KINDS: readonly CommandKind[] = [
  putConfiguration,
  editCondition,
  switchConfiguration,
  removeConfiguration,
  register,
  patchTags,
  patchOwn,
  race,
  switchDevice,
  removeDevice,
  report,
  finish,
  vanish,
  powerOn,
  forget,
  cut,
  partition,
  heal,
  duplicate,
  crash,
  crashAfterWrite,
  breakDisk,
  restart,
  slowDisk,
  failStore,
  loseWakeUps,
  trimLog,
  pass,
  turn,
  jump,
  rest,
  actOnRollout,
  rewriteRollout,
  finishAll,
];
