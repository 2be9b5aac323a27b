import type { SeenEvent } from '../../verifier/check-section.ts';
import type { LastSealed } from './read-sealed.ts';
import { type SealedFinding, sealedText } from './sealed-finding.ts';

/** How a stream compares with what was sealed of it. */
export interface StreamCompared {
  /** Sealed events that are missing although a later one exists. */
  readonly findings: readonly SealedFinding[];
  /** The last event before a cut tail, 0 when no event remains; undefined when no tail was cut. */
  readonly cutAfter: number | undefined;
  /** Whether the last sealed event now has another hash. */
  readonly isChanged: boolean;
  /** The events that are not sealed yet. */
  readonly unsealed: readonly SeenEvent[];
}

/**
 * Compares a stream's events, in order, with its last sealed event, which is undefined when none is sealed.
 */
export const compareStream = (
  events: readonly SeenEvent[],
  sealed: LastSealed | undefined,
): StreamCompared => {
  const last = sealed?.seq ?? 0;
  const covered = events.filter(({ seq }) => seq <= last);
  const findings = covered.flatMap(({ stream, seq }, i) => {
    const expected = (covered[i - 1]?.seq ?? 0) + 1;
    return seq > expected ? [missing(stream, expected, seq - 1)] : [];
  });
  const end = covered.at(-1);
  return {
    findings,
    cutAfter: (end?.seq ?? 0) < last ? (end?.seq ?? 0) : undefined,
    isChanged: end?.seq === last && end.hash !== sealed?.hash,
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
