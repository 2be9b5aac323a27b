/**
 * What a finding is about.
 *
 * - `missing`: events are missing;
 * - `place`: a seq is repeated, out of order or invalid;
 * - `stream`: a stream is out of order, or its name is not an ARN;
 * - `hash`: the hash is not that of the stored bytes;
 * - `prev`: the hash is not that of the event before;
 * - `column`: a column differs from the body that it repeats;
 * - `body`: the body is not an event in its canonical form;
 * - `newer`: a newer version wrote the event, so it cannot be checked further;
 * - `field`: an event has fields that this version does not know, so a newer version or somebody else wrote
 *   it;
 * - `time`: an event was not recorded later than the one before it;
 * - `event-id`: one cause was recorded twice;
 * - `event-type`: an event is in one of the ledger's own streams where its type does not belong;
 * - `file`: a file contains something other than events;
 * - `header`: the header of a file is damaged, or does not fit the events after it;
 * - `creation`: a trail reports the creation of a resource, and the ledger does not.
 */
export type FindingKind =
  | 'missing'
  | 'place'
  | 'stream'
  | 'hash'
  | 'prev'
  | 'column'
  | 'body'
  | 'newer'
  | 'field'
  | 'time'
  | 'event-id'
  | 'event-type'
  | 'file'
  | 'header'
  | 'creation';

/** One discrepancy. It never contains the value of a tag. */
export interface Finding {
  readonly kind: FindingKind;
  /** Null when it is about no single stream; `seq` is null when it is about no single event. */
  readonly stream: string | null;
  readonly seq: number | null;
  /** What was expected and what was found, as clauses. */
  readonly expected: string;
  readonly found: string;
}

/** Checks a ledger one event after another. Several checks can run side by side. */
export interface Check<Columns> {
  /** What is wrong with this event, or with what should have come before it. */
  add(columns: Columns): readonly Finding[];
  /** What is wrong once all events were added. Call it once. */
  end(): readonly Finding[];
}

/** Forms that no free text has: hashes, times, ids made from hashes, names of event types. */
const FORMS = /^(?:[0-9a-f]{64}|[-\dT:.]{23}Z|[\w-]{22}|[A-Z][A-Za-z]{2,30})$/;

/**
 * A column as a finding may show it. A column without its usual form could contain anything, even the value
 * of a tag.
 */
export const quoted = (column: unknown): string => {
  if (column === undefined) return 'nothing';
  if (typeof column !== 'string') return `something that is no text`;
  return FORMS.test(column) ? column : `a text of ${column.length} characters`;
};
