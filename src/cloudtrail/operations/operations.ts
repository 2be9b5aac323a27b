import {
  CURATED_CREATIONS,
  CURATED_ENDINGS,
  CURATED_RESTORATIONS,
  type CuratedCreation,
  type CuratedEnding,
  type CuratedRestoration,
} from './curated.ts';
import { CREATIONS, ENDINGS } from './generated.ts';
import { type LoggedShape, shapeOf } from './shape.ts';
import { MAKES_NOTHING } from './without-resource.ts';

/** Whether a row is derived from names in the EC2 API's model, or was written by hand for a stated reason. */
export type Source = 'generated' | 'curated';
interface Provenance {
  readonly source: Source;
  /** Why the row had to be written by hand. */
  readonly because?: string;
}

/** One kind of resource that an operation creates; `path` is where its ids are in the response body. */
export type Creates = Omit<CuratedCreation, 'operation' | 'service' | 'because'> & Provenance;

/** One kind of resource that an operation ends. */
type Ends = Omit<CuratedEnding, 'operation' | 'because'> & Provenance;

/**
 * What an operation creates, ends and restores. Paths are dotted wire names; lists along the path are expanded.
 * `shape` is information for people: records are read in either shape.
 */
export interface Operation {
  readonly operation: string;
  /** The service whose operation it is. All are EC2's, but for those that create EC2's resources elsewhere. */
  readonly service: 'ec2' | 'ebs';
  readonly shape: LoggedShape;
  readonly creates?: readonly Creates[];
  readonly ends?: readonly Ends[];
  /** What it brings back, as it was before its end. */
  readonly restores?: readonly Omit<CuratedRestoration, 'operation'>[];
}

const creates = new Map<string, Creates[]>();
const ends = new Map<string, Ends[]>();
const add = <Row>(rows: Map<string, Row[]>, operation: string, row: Row): void => {
  const there = rows.get(operation);
  if (there) there.push(row);
  else rows.set(operation, [row]);
};
for (const [operation, type, path] of CREATIONS) add(creates, operation, { type, path, source: 'generated' });
const services = new Map<string, 'ebs'>();
for (const { operation, service, ...row } of CURATED_CREATIONS) {
  add(creates, operation, { ...row, source: 'curated' });
  if (service) services.set(operation, service);
}
for (const [operation, type, body, path] of ENDINGS) {
  add(ends, operation, { type, in: body, path, source: 'generated' });
}
for (const { operation, ...row } of CURATED_ENDINGS) add(ends, operation, { ...row, source: 'curated' });

const restores = new Map<string, Omit<CuratedRestoration, 'operation'>[]>();
for (const { operation, ...row } of CURATED_RESTORATIONS) add(restores, operation, row);

/**
 * The operations that are followed, sorted by name; in each, generated rows come before hand-written ones.
 * Names in responses and single ids in requests are those of the EC2 API's model. Lists in plain requests are
 * spelled as CloudTrail spells them, which no model shows.
 */
export const OPERATIONS: readonly Operation[] = [
  ...new Set([...creates.keys(), ...ends.keys(), ...restores.keys()]),
]
  .sort()
  .map((operation) => {
    const [made, ended, restored] = [creates.get(operation), ends.get(operation), restores.get(operation)];
    return {
      operation,
      service: services.get(operation) ?? 'ec2',
      shape: shapeOf(operation),
      ...(made && { creates: made }),
      ...(ended && { ends: ended }),
      ...(restored && { restores: restored }),
    };
  });

/** The operations that change tags, and create and end nothing. */
export const TAG_OPERATIONS: ReadonlySet<string> = new Set(['CreateTags', 'DeleteTags']);

const BY_NAME = new Map(OPERATIONS.map((row) => [row.operation, row]));

/** The row of an operation, by CloudTrail's `eventName`; undefined if the operation is not followed. */
export const operationOf = (eventName: string): Operation | undefined => BY_NAME.get(eventName);

/** Whether a service, as CloudTrail's `eventSource` names it, is the one whose operation of this name is followed. */
export const isServiceOf = (eventSource: string, eventName: string): boolean =>
  eventSource === `${operationOf(eventName)?.service ?? 'ec2'}.amazonaws.com`;

/**
 * Whether an operation without a row may create something that can have tags, judged by its name: it begins
 * with a verb of operations that do, and is not known to create nothing.
 */
export const mayCreate = (eventName: string): boolean =>
  VERBS.test(eventName) && !MAKES_NOTHING.has(eventName);

const VERBS =
  /^(?:Allocate|Authorize|Bundle|Copy|Create|Export|Import|Provision|Purchase|Register|Request|Restore|Run)[A-Z]|^Start(?:DeclarativePoliciesReport|NetworkInsights)|^AcceptAddressTransfer$|^AssociateIpamResourceDiscovery$/;
