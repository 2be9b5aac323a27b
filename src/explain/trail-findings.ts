import type { RecordedEvent } from '../events/recorded-event.ts';
import { fold, UNKNOWN } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { type InterpretationContext, interpret } from '../intake/interpret.ts';
import type { SkipReason } from '../intake/planned-write.ts';
import { readInput } from '../intake/read-input.ts';
import type { OutcomeKind } from './outcome.ts';
import type { Planned, PlannedResource } from './what-if.ts';

/** The resource that is looked for, and what a ledger knows of it. */
export interface Wanted {
  readonly id: string;
  /** Absent where only the id is known: then a resource of any account and Region will do. */
  readonly arn?: ResourceArn;
  /** The ResourceType of such an id, where it tells one. */
  readonly type?: string;
  /** Its stream; empty where no ledger knows it. */
  readonly events: readonly RecordedEvent[];
}

/**
 * What a record is to the resource and to the ledger: `recorded` there; `missing` from it, so that `ingest` would
 * record it; `nothing-new`, for it changes nothing that the ledger knows; `skipped` for a reason; `perhaps`, because
 * it lost its resources, and may be the one that made this one.
 */
export interface FoundInTrail {
  readonly is: 'recorded' | 'missing' | 'nothing-new' | 'skipped' | 'perhaps';
  /** Of which resource it tells; null where it only mentions the id, or not even that. */
  readonly arn: ResourceArn | null;
  /** The event that it is in the ledger. */
  readonly seq?: number;
  /** What `ingest` makes, or would make, of it. */
  readonly would?: OutcomeKind;
  readonly why?: SkipReason;
  readonly reason?: string;
}

/** Calls for other resources, or for none, that may well mention this one. */
const ORDINARY: ReadonlySet<SkipReason | undefined> = new Set(['not-a-change', 'not-ec2'] as const);

/**
 * What a record, of which `planned` is the plan, is to the resource; undefined for an ordinary call that has nothing
 * to do with its birth, its tags and its end. `isNamed`: whether it mentions the id at all.
 */
export const findingIn = (
  context: InterpretationContext,
  wanted: Wanted,
  { input, planned, isNamed, now }: { input: unknown; planned: Planned; isNamed: boolean; now: Date },
): FoundInTrail | undefined => {
  const own = planned.resources.find(({ id, arn }) => (wanted.arn ? arn === wanted.arn : id === wanted.id));
  const { outcome, why, reason } = { ...planned, ...own };
  const because = { ...(why && { why }), ...(reason && { reason }) };
  // A plan skips every call of tagledger's own; the ledger tells of those that no request accounts for.
  if (own && (outcome !== 'skip' || why === 'own-call')) {
    const found = inLedger(context, wanted, input, own, now);
    if (outcome !== 'skip') return { ...found, arn: own.arn, would: outcome, ...because };
    if (found.is === 'recorded') return { ...found, arn: own.arn };
  }
  if (own) return { is: 'skipped', arn: own.arn, ...because };
  if (!isNamed) return why === 'omitted' ? { is: 'perhaps', arn: null, ...because } : undefined;
  return outcome === 'skip' && !ORDINARY.has(why) ? { is: 'skipped', arn: null, ...because } : undefined;
};

const inLedger = (
  context: InterpretationContext,
  { arn, events }: Wanted,
  input: unknown,
  own: PlannedResource,
  now: Date,
): Pick<FoundInTrail, 'is' | 'seq'> => {
  const known = arn === own.arn ? events : [];
  const write = interpret(context, readInput(input), now, '').writes.find(({ stream }) => stream === own.arn);
  const there = known.find(({ event }) => 'cause' in event && event.cause.id === write?.cause.id);
  if (there) return { is: 'recorded', seq: there.seq };
  const news = write?.decide(known.length > 0 ? fold(known) : UNKNOWN, known) ?? [];
  return { is: news.length > 0 ? 'missing' : 'nothing-new' };
};
