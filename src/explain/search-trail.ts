import { unwrapEnvelopes } from '../cloudtrail/envelopes.ts';
import { operationOf } from '../cloudtrail/operations/operations.ts';
import { fold } from '../events/resource.ts';
import { isDirectCall } from '../intake/direct-call.ts';
import type { InterpretationContext } from '../intake/interpret.ts';
import { readInput } from '../intake/read-input.ts';
import { countOne } from '../shared/collections.ts';
import { mentions } from './mentions.ts';
import { type FoundInTrail, findingIn, type Wanted } from './trail-findings.ts';
import { type Planned, whatIf } from './what-if.ts';

/** A record of a trail that tells something of the resource. */
export interface TrailFinding
  extends FoundInTrail,
    Pick<Planned, 'eventId' | 'eventName' | 'eventTime' | 'who'> {
  readonly file: string;
  readonly position: string;
  /** Whether its operation makes resources of this type. */
  readonly isCreation: boolean;
}

/** What a trail has of a resource. */
export interface Searched {
  /** In the order of the trail; a record that comes several times is here once. */
  readonly findings: readonly TrailFinding[];
  /** How many records of each name mention it, and have nothing to do with its birth, its tags and its end. */
  readonly otherCalls: Readonly<Record<string, number>>;
}

/** Looks through a trail as it is read. */
export interface TrailSearch {
  /** Throws an `InvalidInputError` for what mentions the resource, or may do so unseen, and cannot be used. */
  add(place: Pick<TrailFinding, 'file' | 'position'>, input: unknown, now: Date): void;
  result(): Searched;
}

/** Searches for all that a trail has of a resource, and judges it as the front door would. */
export const trailSearch = (context: InterpretationContext, wanted: Wanted): TrailSearch => {
  const namesIt = mentions(wanted.id);
  const isBorn = fold(wanted.events).born !== undefined;
  const findings = new Map<string, TrailFinding>();
  const others = new Map<string, number>();
  const keep = (
    { file, position }: TrailPlace,
    found: FoundInTrail,
    { planned, isCreation }: Looked,
  ): void => {
    const { eventId, eventName, eventTime, who } = planned;
    const key = eventId ?? `${file} ${position}`;
    if (findings.has(key)) return;
    findings.set(key, { ...found, file, position, eventId, eventName, eventTime, who, isCreation });
  };
  const look = (place: TrailPlace, input: unknown, now: Date): void => {
    const isNamed = namesIt(input);
    const isCreation = makes(input, wanted.type);
    if (!isNamed && (isBorn || !isCreation)) return;
    for (const planned of whatIf(context, readInput(input), now)) {
      const found = findingIn(context, wanted, { input, planned, isNamed, now });
      if (found) keep(place, found, { planned, isCreation });
      else if (isNamed) countOne(others, planned.eventName ?? 'direct call');
    }
  };
  return {
    add: (place, input, now) => {
      for (const one of isDirectCall(input) ? [input] : unwrapEnvelopes(input)) look(place, one, now);
    },
    result: () => ({ findings: [...findings.values()], otherCalls: Object.fromEntries(others) }),
  };
};

/** Where a record stands. */
type TrailPlace = Pick<TrailFinding, 'file' | 'position'>;

/** What a record says, and whether its operation makes resources of the type. */
interface Looked {
  readonly planned: Planned;
  readonly isCreation: boolean;
}

/** Whether an input is the record of an operation that makes resources of this type. */
const makes = (input: unknown, type: string | undefined): boolean => {
  const { eventName } = (input ?? {}) as { readonly eventName?: unknown };
  const { creates = [] } = (typeof eventName === 'string' && operationOf(eventName)) || {};
  return creates.some((one) => one.type === type);
};
