import type { Chance } from './chance.ts';

/** What can go wrong, each with how often it does at an occasion. */
export const FAULTS = {
  'request lost': 0.01,
  'reply lost': 0.01,
  'reply lost, repeated by the SDK': 0.01,
  'service throttles': 0.01,
  'process dies before a call': 0.004,
  'process dies after a call': 0.004,
  'process dies at its end': 0.01,
  'stale read': 0.3,
  'conflict without ALL_OLD': 0.3,
  'record delayed for hours': 0.03,
  'record repeated': 0.1,
  'record dropped': 0.03,
  'record lost without a trace': 0.005,
  'input repeated': 0.2,
  'input delayed for hours': 0.1,
  'consumer down for more than a day': 0.02,
} as const;

/** A kind of fault. */
type Fault = keyof typeof FAULTS;

/** Deals faults, counts them, and keeps a journal. */
export interface Faults {
  /** Whether this fault strikes here; `where` is for the journal. */
  readonly strikes: (fault: Fault, where: string) => boolean;
  /** From now on nothing goes wrong any more. */
  readonly end: () => void;
  readonly counts: ReadonlyMap<Fault, number>;
  readonly struck: readonly { readonly ordinal: number; readonly fault: Fault; readonly where: string }[];
}

/**
 * Faults by chance. Each that strikes has an ordinal; those in `spared` do not strike after all, which is how a
 * failing run is made small.
 */
export const faults = (dice: Chance, spared: ReadonlySet<number> = new Set()): Faults => {
  const counts = new Map<Fault, number>();
  const struck: { ordinal: number; fault: Fault; where: string }[] = [];
  let ordinal = 0;
  let isOver = false;
  return {
    strikes: (fault, where) => {
      if (isOver || !dice.happens(FAULTS[fault])) return false;
      ordinal += 1;
      if (spared.has(ordinal)) return false;
      counts.set(fault, (counts.get(fault) ?? 0) + 1);
      struck.push({ ordinal, fault, where });
      return true;
    },
    end: () => {
      isOver = true;
    },
    counts,
    struck,
  };
};
