/** Decides which unsynced data survives a crash. Called in a fixed order, so that a seed repeats the decisions. */
export interface Survival {
  /** Whether a change of a name (create, rename, remove) survives. */
  name(): boolean;
  /** Returns the sectors of a write that survive. */
  write(sectors: number): readonly boolean[];
  /** Whether a file has its new length although its end did not survive. The end is then zeros. */
  length(): boolean;
}

/** Kinds of survival of unsynced data: nothing, everything, random whole writes, random sectors. */
export const SURVIVAL_KINDS = ['none', 'all', 'some', 'torn'] as const;
export type SurvivalKind = (typeof SURVIVAL_KINDS)[number];

export function survivalOf(kind: SurvivalKind, random: () => number): Survival {
  switch (kind) {
    case 'none':
    case 'all': {
      const isKept = kind === 'all';
      return {
        name: () => isKept,
        write: (sectors) => Array.from({ length: sectors }, () => isKept),
        length: () => isKept,
      };
    }
    case 'some': {
      const coin = () => random() < 0.5;
      const write = (sectors: number) => {
        const isKept = coin();
        return Array.from({ length: sectors }, () => isKept);
      };
      return { name: coin, write, length: coin };
    }
    case 'torn': {
      const share = 0.1 + 0.8 * random();
      const coin = () => random() < share;
      return { name: coin, write: (sectors) => Array.from({ length: sectors }, coin), length: coin };
    }
  }
}
