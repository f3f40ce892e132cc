import type { PreviewChange } from '@muster/api';
import { isObject, type Json, LIMITS } from '@muster/twin';
import type { PathChange } from './path-changes.js';

interface Group {
  readonly change: PathChange;
  readonly text: string;
  devices: number;
}

/** Counts devices by (path, before, after). Changes beyond the limit are counted but not told apart. */
export class ChangeHistogram {
  readonly #groups = new Map<string, Group>();
  #length = 0;
  #total = 0;

  add(change: PathChange, devices: number): void {
    this.#total += devices;
    const text = textOf(change);
    const known = this.#groups.get(text);
    if (known) known.devices += devices;
    else if (this.#hasRoom(text)) {
      this.#length += text.length;
      this.#groups.set(text, { change, text, devices });
    }
  }

  /** Most devices first, then in the order of paths and values. */
  view(): { changes: PreviewChange[]; changesLeftOut: number } {
    const listed = [...this.#groups.values()].sort(compareGroups).slice(0, LIMITS.previewChangesMax);
    const changes = listed.map(({ change, devices }) => ({ ...change, devices }));
    return { changes, changesLeftOut: this.#total - changes.reduce((sum, { devices }) => sum + devices, 0) };
  }

  #hasRoom({ length }: string): boolean {
    const isFew = this.#groups.size < LIMITS.previewChangesHeldMax;
    return isFew && this.#length + length <= LIMITS.previewChangesHeldLengthMax;
  }
}

function compareGroups(left: Group, right: Group): number {
  return right.devices - left.devices || (left.text < right.text ? -1 : 1);
}

/** Equal for changes that are equal as JSON. An absent value differs from `null`. */
function textOf({ path, before, after }: PathChange): string {
  return [path, before, after].map((value) => (value === undefined ? '' : JSON.stringify(ordered(value)))).join(' ');
}

function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isObject(value)) return value;
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, ordered(member)]));
}
