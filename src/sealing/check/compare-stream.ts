import type { SeenEvent } from '../../verifier/check-section.ts';
import type { LastSealed } from './read-sealed.ts';
import { type SealedFinding, sealedText } from './sealed-finding.ts';

/** How a stream compares with what was sealed of it. */
export interface StreamCompared {
  /** Events that must be there and are missing although a later one exists. */
  readonly findings: readonly SealedFinding[];
  /** The last event before a cut tail, 0 when no event remains; undefined when no tail was cut. */
  readonly cutAfter: number | undefined;
  /** Whether the last sealed event now has another hash. */
  readonly isChanged: boolean;
  /** The last event, when later ones are sealed: only the log still tells which hash it must have. */
  readonly behind: SeenEvent | undefined;
  /** How many of the events have a place in the log. */
  readonly included: number;
  /** How many of these are later than those that must be there. */
  readonly beyond: number;
  /** The events that are not sealed yet. */
  readonly unsealed: readonly SeenEvent[];
}

/**
 * Compares a stream's events, in order, with its last sealed event, which is undefined when none is sealed.
 * Of the sealed events, those up to `sealed.needed` must be there.
 */
export const compareStream = (
  events: readonly SeenEvent[],
  sealed: LastSealed | undefined,
): StreamCompared => {
  const { seq: last, needed, hash } = sealed ?? { seq: 0, needed: 0, hash: undefined };
  const covered = events.filter(({ seq }) => seq <= last);
  const findings = covered.flatMap(({ stream, seq }, i) => {
    const expected = (covered[i - 1]?.seq ?? 0) + 1;
    const to = Math.min(seq - 1, needed);
    return to >= expected ? [missing(stream, expected, to)] : [];
  });
  const end = covered.at(-1);
  return {
    findings,
    cutAfter: (end?.seq ?? 0) < needed ? (end?.seq ?? 0) : undefined,
    isChanged: end?.seq === last && end.hash !== hash,
    behind: end && end.seq < last ? end : undefined,
    included: covered.length,
    beyond: covered.filter(({ seq }) => seq > needed).length,
    unsealed: events.slice(covered.length),
  };
};

const missing = (stream: string, from: number, to: number): SealedFinding => ({
  kind: 'missing',
  stream,
  seq: from,
  expected: sealedText(from, to),
  found: 'only later ones',
});
