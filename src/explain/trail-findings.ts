import type { RecordedEvent } from '../events/recorded-event.ts';
import { fold, UNKNOWN } from '../events/resource.ts';
import type { ResourceArn } from '../events/resource-arn.ts';
import { type InterpretationContext, interpret } from '../intake/interpret.ts';
import type { SkipReason } from '../intake/planned-write.ts';
import { readInput } from '../intake/read-input.ts';
import type { OutcomeKind } from './outcome.ts';
import type { Planned, PlannedResource } from './what-if.ts';

/** The resource to search for, and what the ledger knows about it. */
export interface Wanted {
  readonly id: string;
  /** Absent when only the id is known; then a resource of any account and Region matches. */
  readonly arn?: ResourceArn;
  /** The ResourceType that the id implies; absent when its prefix is unknown. */
  readonly type?: string;
  /** The stream of the resource; empty when no ledger knows it. */
  readonly events: readonly RecordedEvent[];
}

/**
 * How a record relates to the resource and the ledger. `recorded`: the ledger has it. `missing`: the ledger
 * lacks it, and `ingest` would record it. `nothing-new`: it changes nothing that the ledger knows. `skipped`:
 * the intake skips it for a reason. `perhaps`: its resources were omitted, so it could be the call that
 * created this one.
 */
export interface FoundInTrail {
  readonly is: 'recorded' | 'missing' | 'nothing-new' | 'skipped' | 'perhaps';
  /** The resource that the record is about; null when it at most mentions the id. */
  readonly arn: ResourceArn | null;
  /** The seq of the event that records it in the ledger. */
  readonly seq?: number;
  /** The kind of outcome that `ingest` has recorded or would record. */
  readonly would?: OutcomeKind;
  readonly why?: SkipReason;
  readonly reason?: string;
}

/** Skip reasons of calls that often mention a resource without concerning it. */
const ORDINARY: ReadonlySet<SkipReason | undefined> = new Set(['not-a-change', 'not-ec2'] as const);

/**
 * How the record with the plan `planned` relates to the resource; undefined for an ordinary call that does
 * not create, tag or end it. `isNamed` says whether the record mentions the id at all.
 */
export const findingIn = (
  context: InterpretationContext,
  wanted: Wanted,
  { input, planned, isNamed, now }: { input: unknown; planned: Planned; isNamed: boolean; now: Date },
): FoundInTrail | undefined => {
  const own = planned.resources.find(({ id, arn }) => (wanted.arn ? arn === wanted.arn : id === wanted.id));
  const { outcome, why, reason } = { ...planned, ...own };
  const because = { ...(why && { why }), ...(reason && { reason }) };
  // A plan skips each of tagledger's own calls; only the ledger shows whether a request accounts for it.
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
