import type { Admission, ConfigurationEntry, ConfigurationRecord, DeviceEntry, DeviceRecord } from '@muster/registry';
import { isLive } from '@muster/registry';
import { canonicalEqual, type JsonObject } from '@muster/twin';
import type { Decided } from '../observation/observation.js';
import { policyOf } from '../oracle/naive.js';
import { devicesInBackoff, undecidedDevices } from '../oracle/open-rollouts.js';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME =
  'S9 attempts are counted before they are sent, bounded, with finite pauses, and each has a version of its own';
const FIRST_REST_MS = 5_000;
const REST_MS_MAX = 3_600_000;

/** A content that was rolled out. */
interface Content {
  retriesMax: number;
  readonly contentGeneration: number;
  /** The generation that devices fall back to after a failure. */
  readonly stableSince: number | undefined;
}

/** The observed attempts of one incarnation of a device. */
interface Seen {
  attempts: number;
  /** The version that brought the attempt. */
  since: number | undefined;
  restedAtMs: number;
  restedWith: JsonObject;
  jumps: number;
}

export function attempts(): Checker {
  const contents = new Map<string, Content>();
  const lives = new Map<string, Map<string, Seen>>();
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind !== 'committed' || !event.after) return;
      if (event.entryKind === 'configuration') learn(contents, event.after as ConfigurationEntry);
      else if (!isLive(event.after as DeviceEntry)) lives.delete(event.id);
      else {
        const [before, after] = [event.before as DeviceEntry | undefined, event.after as DeviceRecord];
        const seen = lives.get(event.id) ?? new Map<string, Seen>();
        lives.set(event.id, seen);
        for (const admission of after.admissions ?? []) {
          const key = keyOf(admission);
          const content = contents.get(key);
          if (!content) continue;
          const was = isLive(before) ? before.admissions?.find((one) => keyOf(one) === key) : undefined;
          const look = {
            device: after,
            was,
            is: admission,
            content,
            seen: seen.get(key),
            decidedMs: event.decidedMs,
            jumps: event.jumps,
          };
          seen.set(key, checked(world, look));
        }
      }
    },
    atEnd: (world) => {
      for (const one of devicesInBackoff(world.disk)) world.fail(NAME, `${one} is never retried`);
      for (const one of undecidedDevices(world.disk)) world.fail(NAME, `${one} has failed, and no admission says so`);
    },
  };
}

interface Look extends Decided {
  readonly device: DeviceRecord;
  readonly was: Admission | undefined;
  readonly is: Admission;
  readonly content: Content;
  readonly seen: Seen | undefined;
}

function checked(world: World, look: Look): Seen {
  const { device, was, is, content, seen, decidedMs, jumps } = look;
  const standing = standingIn(device, is, content.contentGeneration);
  const text = `attempt ${is.attempts} of ${device.id} at ${is.id}`;
  const fail = (problem: string): void => world.fail(NAME, `${text} ${problem}`);
  if (!seen) {
    if (is.attempts !== 1) fail('is the first');
    return { attempts: is.attempts, since: standing?.since, restedAtMs: decidedMs, restedWith: device.desired, jumps };
  }
  const isNext = was?.state === 'resting' && is.state === 'given';
  if (is.attempts !== seen.attempts + (isNext ? 1 : 0)) fail(`comes after attempt ${seen.attempts}`);
  if (is.attempts > content.retriesMax + 1) fail(`is more than ${content.retriesMax} retries`);
  const restMs = Math.min(REST_MS_MAX, FIRST_REST_MS * 2 ** (seen.attempts - 1));
  if (isNext && jumps === seen.jumps && decidedMs - seen.restedAtMs < restMs) fail('comes too soon');
  if (isNext && !standing) fail('brings nothing');
  const isRepeated = isNext && standing?.since !== undefined && standing.since <= (seen.since ?? -1);
  if (isRepeated && !canonicalEqual(seen.restedWith, device.desired)) fail('is sent as it was before');
  const isResting = was?.state !== 'resting' && is.state === 'resting';
  const isAnother = content.stableSince !== content.contentGeneration;
  if (isResting && standing && isAnother) fail('failed, and the device keeps it');
  return {
    attempts: is.attempts,
    since: standing?.since ?? seen.since,
    restedAtMs: isResting ? decidedMs : seen.restedAtMs,
    restedWith: isResting ? device.desired : seen.restedWith,
    jumps: isResting ? jumps : seen.jumps,
  };
}

function learn(contents: Map<string, Content>, entry: ConfigurationEntry): void {
  if (entry.deleted || !entry.progress) return;
  const key = `${entry.id} ${entry.created} ${entry.progress.key}`;
  const { contentGeneration, stable } = entry as ConfigurationRecord;
  const retriesMax = Math.max(policyOf(entry)?.retries ?? 0, contents.get(key)?.retriesMax ?? 0);
  contents.set(key, { retriesMax, contentGeneration, stableSince: stable?.contentGeneration });
}

function keyOf({ id, created, key }: Admission): string {
  return `${id} ${created} ${key}`;
}

function standingIn({ configurations }: DeviceRecord, { id, created }: Admission, generation: number) {
  return configurations.find((one) => one.id === id && one.created === created && one.generation === generation);
}
