import type { StoredColumns } from '../events/ledger-line.ts';
import { type CheckCounts, type CheckOptions, checkEvents } from './check-events.ts';
import { type Extent, emptyExtent, widen } from './extent.ts';
import type { Finding } from './finding.ts';
import type { Section } from './sections.ts';
import { readLines } from './whole-lines.ts';

/** An event as other checks need it. The check of its bytes is done here. */
export type SeenEvent = Pick<StoredColumns, 'stream' | 'seq' | 'eventId' | 'recordedAt' | 'hash'>;

/** The result of checking some events. */
export interface Checked {
  readonly findings: readonly Finding[];
  readonly counts: CheckCounts;
  readonly extent: Extent;
  /** The events, if `tells` is set. */
  readonly seen: readonly SeenEvent[];
}

/** How to check sections. It is plain data that can be passed to another thread. */
export interface SectionOptions extends Pick<CheckOptions, 'isPart'> {
  /** Whether the result includes the events. */
  readonly tells: boolean;
}

/**
 * Runs a check over some events. Findings among them are passed on. `ends` says that no more events follow.
 */
export const checked = (
  check: ReturnType<typeof checkEvents>,
  some: Iterable<StoredColumns | Finding>,
  { tells, ends }: Pick<SectionOptions, 'tells'> & { readonly ends: boolean },
): Checked => {
  const before = { ...check.counts };
  const findings: Finding[] = [];
  const seen: SeenEvent[] = [];
  const extent = emptyExtent();
  for (const one of some) {
    if ('kind' in one) findings.push(one);
    else {
      for (const finding of check.add(one)) findings.push(finding);
      widen(extent, one);
      if (tells) seen.push(seenOf(one));
    }
  }
  if (ends) findings.push(...check.end());
  const { events, streams } = check.counts;
  const counts = { events: events - before.events, streams: streams - before.streams };
  return { findings, counts, extent, seen };
};

/**
 * Returns a function that checks the sections of a file. A section that continues another one must come right
 * after it; the others may come in any order.
 */
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
