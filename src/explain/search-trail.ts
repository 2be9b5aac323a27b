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

/** A record of a trail that concerns the resource, or could concern it. */
export interface TrailFinding
  extends FoundInTrail,
    Pick<Planned, 'eventId' | 'eventName' | 'eventTime' | 'who'> {
  readonly file: string;
  readonly position: string;
  /** Whether its operation creates resources of this type. */
  readonly isCreation: boolean;
}

/** What a trail tells about a resource. */
export interface Searched {
  /** In the order of the trail. A record that occurs several times is listed once. */
  readonly findings: readonly TrailFinding[];
  /** Counts, by operation, the records that mention the resource but do not create, tag or end it. */
  readonly otherCalls: Readonly<Record<string, number>>;
}

/** Searches a trail incrementally, while it is read. */
export interface TrailSearch {
  /**
   * Throws an `InvalidInputError` for an invalid input that mentions the resource or could have created it.
   */
  add(place: Pick<TrailFinding, 'file' | 'position'>, input: unknown, now: Date): void;
  result(): Searched;
}

/** Searches a trail for everything about a resource, and interprets it as the intake would. */
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

/** The location of a record: its file, and its position in the file. */
type TrailPlace = Pick<TrailFinding, 'file' | 'position'>;

/** The plan for a record, and whether its operation creates resources of the type. */
interface Looked {
  readonly planned: Planned;
  readonly isCreation: boolean;
}

/** Whether an input is the record of an operation that creates resources of this type. */
const makes = (input: unknown, type: string | undefined): boolean => {
  const { eventName } = (input ?? {}) as { readonly eventName?: unknown };
  const { creates = [] } = (typeof eventName === 'string' && operationOf(eventName)) || {};
  return creates.some((one) => one.type === type);
};
