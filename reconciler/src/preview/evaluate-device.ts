import type { PreviewCountsView } from '@muster/api';
import type { DeviceRecord } from '@muster/registry';
import {
  type ConfigurationLayer,
  canonicalEqual,
  explainLayers,
  isOverridden,
  type JsonObject,
  type Layer,
  layerName,
} from '@muster/twin';
import { ranked, resolveDevice } from '../resolve/resolve-device.js';
import { type PathChange, pathChanges } from './path-changes.js';

/** A device with its current layers and its layers after the planned write. */
export interface DeviceCase {
  readonly record: DeviceRecord;
  readonly current: readonly ConfigurationLayer[];
  readonly planned: readonly ConfigurationLayer[];
}

export type Conflict = Omit<PreviewCountsView['conflicts'][number], 'devices'>;

/** What the planned configuration would do to one device. */
export interface Evaluation {
  /** Whether its planned layers together exceed a limit: such a document is never sent. */
  readonly isProblem: boolean;
  /** Whether its current layers already exceed a limit, so that it still has the last document sent. */
  readonly isStuck: boolean;
  readonly isChanged: boolean;
  readonly isOverridden: boolean;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly changes: readonly PathChange[];
  /** Paths that the configuration would win. */
  readonly won: readonly string[];
  readonly conflicts: readonly Conflict[];
}

/** `mine` is the planned layer; it is among `planned` if the device matches. */
export function evaluateDevice({ record, current, planned }: DeviceCase, mine: ConfigurationLayer): Evaluation {
  const [now, next] = [resolveDevice(record, current), resolveDevice(record, planned)];
  const before = now.kind === 'document' ? now.desired : record.desired;
  const after = next.kind === 'document' ? next.desired : before;
  const isChanged = !canonicalEqual(before, after);
  return {
    isProblem: next.kind === 'problem',
    isStuck: now.kind === 'problem',
    isChanged,
    before,
    after,
    changes: isChanged ? pathChanges(before, after) : [],
    ...(planned.includes(mine) ? contest(ranked(record, planned), mine) : NO_CONTEST),
  };
}

type Contest = Pick<Evaluation, 'isOverridden' | 'won' | 'conflicts'>;

const NO_CONTEST: Contest = { isOverridden: false, won: [], conflicts: [] };

/** The paths that one layer wins and loses; `layers` have the lowest rank first. */
function contest(layers: readonly Layer[], mine: ConfigurationLayer): Contest {
  const won: string[] = [];
  const conflicts: Conflict[] = [];
  const meet = (path: string, other: Layer, winner: Layer): void => {
    conflicts.push({ path, with: layerName(other), winner: layerName(winner) });
  };
  for (const [path, { winner, beat }] of explainLayers(layers)) {
    if (winner === mine) {
      won.push(path);
      for (const { layer } of beat) meet(path, layer, winner);
    } else if (beat.some(({ layer }) => layer === mine)) meet(path, winner, winner);
  }
  return { isOverridden: isOverridden(mine, layers.slice(layers.indexOf(mine) + 1)), won, conflicts };
}
