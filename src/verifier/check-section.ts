import type { StoredColumns } from '../events/ledger-line.ts';
import { type CheckCounts, type CheckOptions, checkEvents } from './check-events.ts';
import type { Finding } from './finding.ts';
import { readLines } from './ledger-file.ts';
import type { Section } from './sections.ts';

/** An event as other checks look at it, which leave its bytes to this one. */
export type SeenEvent = Pick<StoredColumns, 'stream' | 'seq' | 'eventId' | 'recordedAt' | 'hash'>;

/** What a check found in some events. */
export interface Checked {
  readonly findings: readonly Finding[];
  readonly counts: CheckCounts;
  /** The events, where they were asked for. */
  readonly seen: readonly SeenEvent[];
}

/** How sections are to be checked: data, which can be handed to another thread. */
export interface SectionOptions extends Pick<CheckOptions, 'isPart'> {
  /** Whether the events are asked for. */
  readonly tells: boolean;
}

/** Gives some events, and what is wrong in place of others, to a check; `ends` where no more come. */
export const checked = (
  check: ReturnType<typeof checkEvents>,
  some: Iterable<StoredColumns | Finding>,
  { tells, ends }: Pick<SectionOptions, 'tells'> & { readonly ends: boolean },
): Checked => {
  const before = { ...check.counts };
  const findings: Finding[] = [];
  const seen: SeenEvent[] = [];
  for (const one of some) {
    if ('kind' in one) findings.push(one);
    else {
      for (const finding of check.add(one)) findings.push(finding);
      if (tells) seen.push(seenOf(one));
    }
  }
  if (ends) findings.push(...check.end());
  const { events, streams } = check.counts;
  return { findings, counts: { events: events - before.events, streams: streams - before.streams }, seen };
};

/** Checks the sections of a file: each that goes on with another one behind that one, all others in any order. */
export const sectionChecker = ({
  isPart = false,
  tells,
}: SectionOptions): ((section: Section) => Checked) => {
  let check = checkEvents();
  return (section) => {
    const { begins, ends, after } = section;
    if (begins) check = checkEvents({ isPart, isSorted: true, after });
    return checked(check, readLines(section), { tells, ends });
  };
};

const seenOf = ({ stream, seq, eventId, recordedAt, hash }: StoredColumns): SeenEvent => ({
  stream,
  seq,
  ...(eventId !== undefined && { eventId }),
  ...(recordedAt !== undefined && { recordedAt }),
  ...(hash !== undefined && { hash }),
});
