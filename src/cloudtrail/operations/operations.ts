import { CURATED_CREATIONS, CURATED_ENDINGS, type CuratedCreation, type CuratedEnding } from './curated.ts';
import { CREATIONS, ENDINGS } from './generated.ts';
import { type LoggedShape, shapeOf } from './shape.ts';
import { MAKES_NOTHING } from './without-resource.ts';

/** Whether a row comes from the names in the EC2 API's model, or was written by hand, with a reason. */
export type Source = 'generated' | 'curated';
interface Provenance {
  readonly source: Source;
  /** Why it had to be written by hand. */
  readonly because?: string;
}

/** One kind of resource that an operation makes: `path` is where its ids are in the response body. */
export type Creates = Omit<CuratedCreation, 'operation' | 'because'> & Provenance;

/** One kind of resource that an operation ends. */
export type Ends = Omit<CuratedEnding, 'operation' | 'because'> & Provenance;

/**
 * What an EC2 operation means for resources. Paths are dotted wire names; lists on the way are walked through.
 * `shape` is for people: what reads a record takes either shape.
 */
export interface Operation {
  readonly operation: string;
  readonly shape: LoggedShape;
  readonly creates?: readonly Creates[];
  readonly ends?: readonly Ends[];
}

const creates = new Map<string, Creates[]>();
const ends = new Map<string, Ends[]>();
const add = <Row>(rows: Map<string, Row[]>, operation: string, row: Row): void => {
  const there = rows.get(operation);
  if (there) there.push(row);
  else rows.set(operation, [row]);
};
for (const [operation, type, path] of CREATIONS) add(creates, operation, { type, path, source: 'generated' });
for (const { operation, ...row } of CURATED_CREATIONS) add(creates, operation, { ...row, source: 'curated' });
for (const [operation, type, body, path] of ENDINGS) {
  add(ends, operation, { type, in: body, path, source: 'generated' });
}
for (const { operation, ...row } of CURATED_ENDINGS) add(ends, operation, { ...row, source: 'curated' });

/**
 * The operations that are followed, by name: the generated rows, then those written by hand. Names in responses
 * and single ids in requests are those of the EC2 API's model; a list in a plain request is spelled as
 * CloudTrail does, which no model tells.
 */
export const OPERATIONS: readonly Operation[] = [...new Set([...creates.keys(), ...ends.keys()])]
  .sort()
  .map((operation) => {
    const [made, ended] = [creates.get(operation), ends.get(operation)];
    return {
      operation,
      shape: shapeOf(operation),
      ...(made && { creates: made }),
      ...(ended && { ends: ended }),
    };
  });

/** The operations that change tags, and make and end nothing. */
export const TAG_OPERATIONS: ReadonlySet<string> = new Set(['CreateTags', 'DeleteTags']);

const BY_NAME = new Map(OPERATIONS.map((row) => [row.operation, row]));

/** The row of an operation, by CloudTrail's `eventName`. */
export const operationOf = (eventName: string): Operation | undefined => BY_NAME.get(eventName);

/**
 * Whether the name of an operation that has no row leaves it open that it makes something which can bear tags:
 * it begins with a verb of those that do, and is none of those that are known to make no such thing.
 */
export const mayCreate = (eventName: string): boolean =>
  VERBS.test(eventName) && !MAKES_NOTHING.has(eventName);

const VERBS =
  /^(?:Allocate|Authorize|Bundle|Copy|Create|Export|Import|Provision|Purchase|Register|Request|Restore|Run)[A-Z]|^Start(?:DeclarativePoliciesReport|NetworkInsights)|^AcceptAddressTransfer$|^AssociateIpamResourceDiscovery$/;
