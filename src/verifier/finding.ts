/**
 * What a finding is about. `missing`: events are not there; `place`: an event stands where none or another should;
 * `stream`: a stream stands where it should not, or is none; `hash`, `prev`: a hash is not what the stored bytes give,
 * or not that of the event before; `column`: a copy is not what the body says; `body`: it is no event in the one form
 * that is written; `newer`: a newer version wrote it, and nothing else is known of it; `field`: an event has fields that
 * this version does not know, so either a newer one wrote it or somebody else did; `time`: it was recorded before the one
 * before it; `event-id`: one cause was recorded
 * twice; `event-type`: an event stands in a stream of the ledger's own where events of its type do not belong; `file`:
 * a file holds something that is no event; `creation`: a trail has the birth of a resource, and the ledger has not.
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
  | 'creation';

/** Something that is not as it should be. It never holds a tag's value. */
export interface Finding {
  readonly kind: FindingKind;
  /** Null where it is about no stream, or about no event of it. */
  readonly stream: string | null;
  readonly seq: number | null;
  /** What should be there, and what is, as clauses. */
  readonly expected: string;
  readonly found: string;
}

/** Looks at what stands in a ledger, one place after another: the seam at which checks stand beside each other. */
export interface Check<Columns> {
  /** What is wrong at this place, or with what should have stood before it. */
  add(columns: Columns): readonly Finding[];
  /** What is wrong now that all places were seen. To be called once. */
  end(): readonly Finding[];
}

/** Forms of which nobody's text is: hashes, moments, ids that are hashes, the names of types. */
const FORMS = /^(?:[0-9a-f]{64}|[-\dT:.]{23}Z|[\w-]{22}|[A-Z][A-Za-z]{2,30})$/;

/** A column as a finding may show it. What has not a column's usual form may be anything, also a tag's value. */
export const quoted = (column: unknown): string => {
  if (column === undefined) return 'nothing';
  if (typeof column !== 'string') return `something that is no text`;
  return FORMS.test(column) ? column : `a text of ${column.length} characters`;
};
