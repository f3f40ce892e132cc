/** Chooses what of the unsynced survives a crash. Asked in a fixed order, so that a seed repeats the answers. */
export interface Survival {
  /** Whether a change of a name (made, renamed, removed) survives. */
  name(): boolean;
  /** Which sectors of a write survive. */
  write(sectors: number): readonly boolean[];
  /** Whether a file has its new length although the end of it did not survive: then there are zeros. */
  length(): boolean;
}

/** What survives of the unsynced: nothing, everything, whole writes at random, sectors at random. */
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
