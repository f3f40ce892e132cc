import type { JsonObject } from '@muster/twin';
import type { Observation, ObservedConnection } from '../observation/observation.js';
import type { World } from '../world/world.js';
import type { Checker } from './checker.js';

const NAME = 'S1 S2 acknowledged data is on disk, and nothing else is stored';
const MARK = /(?:secret|configuration)-[\w-]+~\d+/g;

type Committed = Extract<Observation, { kind: 'committed' }>;
type Operated = Extract<Observation, { kind: 'operated' }>;

/** All marks that ever reached the disk. Each is part of one write of an operator or a device. */
export function durableAcknowledgements(): Checker {
  const marksOnDisk = new Set<string>();
  const refused = new Set<string>();
  /** What devices acknowledged: device, version, status. */
  const said = new Set<string>();
  /** Connections of devices that were removed meanwhile: their messages may have reached no device. */
  const bereft = new Set<ObservedConnection>();
  const open = new Set<ObservedConnection>();

  const committed = ({ entryKind, id, after }: Committed, world: World): void => {
    const text = JSON.stringify(after);
    for (const [mark] of text.matchAll(MARK)) marksOnDisk.add(mark);
    if (after?.deleted) for (const one of open) if (one.id === id) bereft.add(one);
    const acknowledged = entryKind === 'device' && after && 'acknowledged' in after ? after.acknowledged : undefined;
    if (acknowledged && !said.has(`${id} ${acknowledged.version} ${acknowledged.status}`)) {
      world.fail(NAME, `${id} never said that version ${acknowledged.version} is ${acknowledged.status}`);
    }
  };
  const operated = ({ verb, id, outcome, mark, revision }: Operated, world: World): void => {
    if (outcome === 'refused' && mark) refused.add(mark);
    if (outcome !== 'done') return;
    if (mark && !marksOnDisk.has(mark)) world.fail(NAME, `${verb} of ${id} was answered before ${mark} was on disk`);
    const entry = world.disk.read(verb.includes('configuration') ? 'configuration' : 'device', id);
    if (revision !== undefined && !mark && verb.includes('remove') && (entry?.revision ?? 0) <= revision) {
      world.fail(NAME, `${verb} of ${id} was answered, and is not on disk`);
    }
  };
  return {
    name: NAME,
    onObservation: (event, world) => {
      if (event.kind === 'committed') committed(event, world);
      else if (event.kind === 'operated') operated(event, world);
      else if (event.kind === 'published') remember(said, event.connection.id, event.message);
      else if (event.kind === 'connected') open.add(event.connection);
      else if (event.kind === 'disconnected') open.delete(event.connection);
      else if (event.kind === 'confirmed' && !bereft.has(event.connection)) {
        confirm(event.connection.id, event.message, marksOnDisk, world);
      }
    },
    atRest: (world) => {
      for (const mark of refused) if (marksOnDisk.has(mark)) world.fail(NAME, `${mark} was refused, and is on disk`);
    },
  };
}

function remember(said: Set<string>, device: string, { applied, failed }: JsonObject): void {
  if (applied !== undefined) said.add(`${device} ${applied} applied`);
  if (failed !== undefined) said.add(`${device} ${failed} failed`);
}

/** A report that names a mark is on disk when it is acknowledged. */
function confirm(device: string, { reported }: JsonObject, marksOnDisk: ReadonlySet<string>, world: World): void {
  for (const [mark] of JSON.stringify(reported ?? {}).matchAll(MARK)) {
    if (!marksOnDisk.has(mark)) {
      world.fail(NAME, `a report of ${device} was acknowledged before ${mark} was on disk`);
    }
  }
}
