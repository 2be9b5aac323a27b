import type { SeenEvent } from '../../verifier/check-section.ts';
import { quoted } from '../../verifier/finding.ts';
import type { PlacedLeaf } from '../log/sealed-heads.ts';
import { type SealedFinding, sealedText } from './sealed-finding.ts';

interface Lost {
  readonly from: number;
  to: number;
  /** The place in the log of the first of them. */
  readonly index: number;
}

/** The current hashes of a stream's events, by seq. */
export type Hashes = ReadonlyMap<number, string | undefined>;

/** Streams that differ from what is sealed, or of which the log has more. */
export interface Disagreeing {
  /** The last remaining event of each stream whose tail was cut; 0 when none remains. */
  readonly cut: ReadonlyMap<string, number>;
  /** Streams whose last sealed event has another hash. */
  readonly changed: ReadonlySet<string>;
  /** The last event of each stream of which the log has later ones. */
  readonly behind: ReadonlyMap<string, Pick<SeenEvent, 'seq' | 'hash'>>;
  /** The current hashes of some of these streams. */
  readonly closely: ReadonlyMap<string, Hashes>;
}

/**
 * Reports which sealed events a ledger has changed, and which of those with a place below `below` it has
 * lost. Reads the log once.
 */
export const lostFindings = async (
  sealed: AsyncIterable<PlacedLeaf>,
  { cut, changed, behind, closely }: Disagreeing,
  below: number,
): Promise<SealedFinding[]> => {
  const lost = new Map<string, Lost>();
  const altered = new Map<string, SealedFinding>();
  const unnamed = new Set(changed);
  let lastThere = -1;
  for await (const leaf of sealed) {
    const { stream, seq, hash, index } = leaf;
    if (index < below && seq > (cut.get(stream) ?? Number.POSITIVE_INFINITY)) noteLost(lost, leaf);
    else if (index < below) lastThere = index;
    const end = behind.get(stream);
    if (end?.seq === seq && end.hash !== hash) unnamed.add(stream);
    const hashes = closely.get(stream);
    if (hashes?.has(seq) && hashes.get(seq) !== hash && !altered.has(stream))
      altered.set(stream, alteredFinding(leaf, hashes.get(seq)));
  }

  const newest = [...lost].filter(([, { index }]) => index > lastThere);
  const isRolledBack = newest.length > 1;
  const each = [...lost].flatMap(([stream, { from, to, index }]) =>
    isRolledBack && index > lastThere ? [] : [cutFinding(stream, cut.get(stream) ?? 0, from, to)],
  );
  const rest = [...unnamed].filter((stream) => !altered.has(stream)).map(changedFinding);
  return [...(isRolledBack ? [rolledBack(newest)] : []), ...each, ...altered.values(), ...rest];
};

const noteLost = (lost: Map<string, Lost>, { stream, seq, index }: PlacedLeaf): void => {
  const before = lost.get(stream);
  if (before) before.to = seq;
  else lost.set(stream, { from: seq, to: seq, index });
};

const alteredFinding = (
  { stream, seq, hash, index }: PlacedLeaf,
  found: string | undefined,
): SealedFinding => ({
  kind: 'changed',
  stream,
  seq,
  expected: `${hash}, which is sealed at ${index}`,
  found: quoted(found),
});

const cutFinding = (stream: string, left: number, from: number, to: number): SealedFinding => ({
  kind: left === 0 ? 'stream-deleted' : 'tail-cut',
  stream,
  seq: from,
  expected: sealedText(from, to),
  found: left === 0 ? 'no event of it' : `nothing behind ${left}`,
});

const rolledBack = (newest: readonly (readonly [string, Lost])[]): SealedFinding => {
  const [first] = newest.toSorted(([, a], [, b]) => a.index - b.index) as [readonly [string, Lost]];
  const count = newest.reduce((sum, [, { from, to }]) => sum + to - from + 1, 0);
  return {
    kind: 'rolled-back',
    stream: first[0],
    seq: first[1].from,
    expected: `the newest ${count} sealed events, of ${newest.length} streams, from ${first[1].index} of the log on`,
    found: 'none of them, as in an older copy of the table',
  };
};

const changedFinding = (stream: string): SealedFinding => ({
  kind: 'changed',
  stream,
  seq: null,
  expected: 'its last sealed event with the hash that is sealed',
  found: 'another hash',
});
