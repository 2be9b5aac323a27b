import type { CheckCounts } from './check-events.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { headerFinding } from './export-header.ts';
import type { Extent } from './extent.ts';
import type { Finding } from './finding.ts';
import { NotProvenError } from './not-proven-error.ts';
import type { Provenance } from './provenance.ts';
import { parseNote } from './signed-note.ts';

/**
 * What the header of a file says otherwise than its events do: their number, their newest times, the period in
 * which they were recorded, and whether a simulation told of any. `fileLines` compares the digest.
 */
export const claimFindings = (
  { counts, newestRecordedAt, newestEffectiveAt, selection, log, mode }: Provenance,
  { events, streams }: CheckCounts,
  extent: Extent,
): Finding[] => {
  const { since, until } = selection.kind === 'period' ? selection : {};
  const { oldestRecordedAt: oldest, newestRecordedAt: newest } = extent;
  const claims: readonly (readonly [isTrue: boolean, claim: string, found: string])[] = [
    [counts.events === events, `${counts.events} events, as the header says`, String(events)],
    [counts.streams === streams, `events in ${counts.streams} streams, as the header says`, String(streams)],
    [
      (newestRecordedAt ?? '') === newest,
      `the newest recordedAt that the header says, ${newestRecordedAt ?? 'none'}`,
      newest || 'none',
    ],
    [
      (newestEffectiveAt ?? '') === extent.newestEffectiveAt,
      `the newest effectiveAt that the header says, ${newestEffectiveAt ?? 'none'}`,
      extent.newestEffectiveAt || 'none',
    ],
    [
      since === undefined || oldest === '' || since <= oldest,
      `only events recorded from ${since} on, as the header says`,
      `one of ${oldest}`,
    ],
    [
      until === undefined || newest <= until,
      `only events recorded until ${until}, as the header says`,
      `one of ${newest}`,
    ],
    [
      mode === undefined || mode === 'simulated' || !extent.isSimulated,
      `only events that AWS told of, as in the mode ${mode} that the header says`,
      'one that only a simulation told of',
    ],
    [
      log === undefined || originIn(log.checkpoint) === log.origin,
      `a checkpoint of the log that the header names, ${log?.origin}`,
      'another text',
    ],
  ];
  return claims.flatMap(([isTrue, claim, found]) => (isTrue ? [] : [headerFinding(claim, found)]));
};

const originIn = (note: string): string | undefined => {
  try {
    return parseCheckpoint(parseNote(note).text).origin;
  } catch (error) {
    if (!(error instanceof NotProvenError)) throw error;
    return undefined;
  }
};
