import type { Policy } from '../policies/policy.ts';
import type { PolicyFileForm } from '../policies/policy-of.ts';

/** Where the policy of an answer comes from. Times are in ISO 8601, UTC, with milliseconds. */
export interface PolicySource {
  /** `given`: with the question. `recorded`: in force in the ledger. */
  readonly source: 'given' | 'recorded';
  readonly files: readonly PolicyFileForm[];
  /** The time that the question chose for the recorded policy; null if that was its own moment. */
  readonly policyAt: string | null;
  /** Since when the recorded policy is in force; null for a given one, like what follows. */
  readonly inForceSince: string | null;
  /** When the ledger recorded it; later than `inForceSince` if it was recorded in retrospect. */
  readonly recordedAt: string | null;
  readonly recordedBy: string | null;
}

/** The policy that judges, and where it comes from. */
export interface JudgingPolicy {
  readonly policy: Policy;
  readonly source: PolicySource;
}

const FORMS: Readonly<Record<PolicyFileForm['form'], string>> = {
  tagledger: 'policy file',
  'tag-policy': 'AWS tag policy',
  config: 'AWS Config rule',
};

/** Describes a policy and its source in one line. */
export const policySourceText = (
  id: string,
  { source, files, policyAt, inForceSince, recordedAt, recordedBy }: PolicySource,
): string => {
  const named = files.map(({ name, form }) => `${name} (${FORMS[form]})`).join(', ');
  if (source === 'given') return `${id}, given as ${named}`;
  const when = `recorded ${recordedAt} by ${recordedBy}, in force since ${inForceSince}`;
  return `${id}, ${named}, ${when}${policyAt === null ? '' : `, chosen as the one of ${policyAt}`}`;
};
