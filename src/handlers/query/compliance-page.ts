import type { ComplianceAnswer } from '../../compliance/answer.ts';
import { assess } from '../../compliance/assess.ts';
import { type FindingView, findingView } from '../../compliance/finding-view.ts';
import { frameOf } from '../../compliance/frame.ts';
import type { JudgingPolicy } from '../../compliance/policy-source.ts';
import { givenPolicy, recordedPolicies } from '../../compliance/recorded-policy.ts';
import { startTally } from '../../compliance/tally.ts';
import type { EventStore } from '../../events/event-store.ts';
import type { ResourceArn } from '../../events/resource-arn.ts';
import { readPolicies } from '../../policies/read-policies.ts';
import { readHorizon } from '../../projections/horizon.ts';
import { momentBy, readInstant, readMoment } from '../../projections/moment.ts';
import type { FleetReader, Moment } from '../../projections/resource-at.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { ComplianceQuestion } from './question.ts';

/**
 * One page of an answer. Its counts cover only the resources on this page; the counts of all pages add up to
 * those of the fleet.
 */
export interface CompliancePage extends ComplianceAnswer {
  /** Send it with the same question to get the next page; null on the last page. */
  readonly cursor: string | null;
}

/** Lambda's response limit is 6 MB (Lambda quotas), and each quotation mark takes two bytes in it. */
const PAGE_BYTES = 2_500_000;
/** Time reserved for sending the answer. */
const SPARE_MS = 5_000;

/**
 * Returns one page of a fleet's compliance with a policy. The first page fixes both times, so that all pages
 * show the same moment even as the ledger grows. A page has at least one resource (unless none is left), and
 * ends early when `timeLeft` (ms) runs out.
 */
export const compliancePage = async (
  { store, fleet }: { readonly store: Pick<EventStore, 'read' | 'find'>; readonly fleet: FleetReader },
  { cursor, limit, ...question }: ComplianceQuestion,
  now: Date,
  timeLeft: () => number,
): Promise<CompliancePage> => {
  const asked = JSON.stringify(question);
  const place = cursor === undefined ? undefined : decodeCursor(asked, cursor);
  const times = place ? { asOf: place.asOf, knownAt: place.knownAt } : readMoment(question, now);
  const horizon = await readHorizon(store, times.knownAt, fleet.span);
  const moment = momentBy(times, horizon);
  const judging = await policyOf(store, question, moment);
  const { policy } = judging;
  if (place && place.policy !== policy.id) {
    throw new InvalidInputError('This cursor is of an answer under another policy. Ask again without it.');
  }
  const frame = frameOf(horizon, judging, moment);
  const tally = startTally(question.by);
  const listed = new Set(question.status);
  const findings: FindingView[] = [];
  let bytes = 0;
  let last: ResourceArn | undefined;
  let next: string | null = null;
  const asking = { policy, selection: question.selection, moment, horizon };
  for await (const one of oneByOne(assess(fleet, asking, place?.after))) {
    if (last && (findings.length >= limit || bytes >= PAGE_BYTES || timeLeft() < SPARE_MS)) {
      next = encodeCursor(asked, { ...moment, policy: policy.id, after: last });
      break;
    }
    tally.add(one);
    last = one.resource.arn;
    for (const finding of one.findings) {
      if (!listed.has(finding.status)) continue;
      const view = findingView(one, finding, moment);
      findings.push(view);
      bytes += Buffer.byteLength(JSON.stringify(view));
    }
  }
  return { ...frame, ...tally.totals(), findings, cursor: next };
};

async function* oneByOne<T>(some: AsyncIterable<Iterable<T>>): AsyncGenerator<T> {
  for await (const items of some) yield* items;
}

const policyOf = async (
  store: Pick<EventStore, 'read'>,
  { policies, policyAt }: Pick<ComplianceQuestion, 'policies' | 'policyAt'>,
  moment: Moment,
): Promise<JudgingPolicy> => {
  if (policies && policyAt !== undefined) {
    throw new InvalidInputError('policyAt and policies cannot be used together. Leave one of them out.');
  }
  if (policies) {
    return givenPolicy(
      readPolicies(policies.map(({ policy, ...rest }) => ({ ...rest, text: JSON.stringify(policy) }))),
    );
  }
  const at = policyAt === undefined ? undefined : readInstant('policyAt', policyAt);
  const recorded = await recordedPolicies(store, at);
  const inForce = recorded.at(moment);
  if (inForce) return inForce;
  throw new InvalidInputError(recorded.noneText(moment, { files: 'policies', at: 'policyAt' }));
};
