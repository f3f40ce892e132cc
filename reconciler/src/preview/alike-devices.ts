import { canonicalEqual, type JsonObject } from '@muster/twin';
import { isSameLayers } from '../resolve/is-same-layers.js';
import type { Judgement, Situation } from './judge-device.js';

/** So many kinds of devices are remembered at a time; they may come in any order. */
const KINDS_MAX = 16;

/** Devices for which a configuration does the same. */
interface Kind {
  readonly situation: Situation;
  readonly judgement: Judgement;
  devices: number;
}

/**
 * Judges devices and remembers the last few kinds that there were: in a fleet most devices are like others, and to judge
 * one costs many times what it costs to see that it is like one before. What is judged of a kind is told once, with
 * the number of its devices.
 */
export class AlikeDevices {
  readonly #judge: (situation: Situation) => Judgement;
  readonly #tell: (judgement: Judgement, devices: number) => void;
  readonly #kinds: Kind[] = [];
  /** Where the next device is looked for first. */
  #last = 0;
  /** Which is given up next. */
  #oldest = 0;

  constructor(judge: (situation: Situation) => Judgement, tell: (judgement: Judgement, devices: number) => void) {
    this.#judge = judge;
    this.#tell = tell;
  }

  judge(situation: Situation): Judgement {
    const kind = this.#find(situation) ?? this.#add(situation);
    kind.devices += 1;
    return kind.judgement;
  }

  /** Tells of everything that was not told yet. */
  end(): void {
    for (const { judgement, devices } of this.#kinds) this.#tell(judgement, devices);
    this.#kinds.length = 0;
    this.#oldest = 0;
  }

  #find(situation: Situation): Kind | undefined {
    for (let step = 0; step < this.#kinds.length; step += 1) {
      const index = (this.#last + step) % this.#kinds.length;
      const kind = this.#kinds[index];
      if (!kind || !isLike(kind, situation)) continue;
      this.#last = index;
      return kind;
    }
    return undefined;
  }

  #add(situation: Situation): Kind {
    const kind = { situation, judgement: this.#judge(situation), devices: 0 };
    const given = this.#kinds[this.#oldest];
    if (given) this.#tell(given.judgement, given.devices);
    this.#kinds[this.#oldest] = kind;
    this.#last = this.#oldest;
    this.#oldest = (this.#oldest + 1) % KINDS_MAX;
    return kind;
  }
}

function isLike({ situation: known, judgement }: Kind, { record, current, planned }: Situation): boolean {
  return (
    isSameLayers(known.current, current) &&
    isSameLayers(known.planned, planned) &&
    isSameDocument(known.record.ownDesired, record.ownDesired) &&
    (!judgement.isStuck || isSameDocument(known.record.desired, record.desired))
  );
}

function isSameDocument(left: JsonObject, right: JsonObject): boolean {
  return left === right || canonicalEqual(left, right);
}
