import { UNCREATED } from '../cloudtrail/operations/coverage.ts';
import { UNNAMED } from '../cloudtrail/operations/unnamed.ts';
import { whoText } from './actor-text.ts';
import type { Searched, TrailFinding } from './search-trail.ts';

/** Whether a trail certainly tells something about the resource. */
export const isInTrail = ({ findings, otherCalls }: Searched): boolean =>
  findings.some(({ is }) => is !== 'perhaps') || Object.keys(otherCalls).length > 0;

/**
 * The verdict on a resource that no ledger knows, in one sentence without the full stop. `missing` is the
 * location of a ledger that does not exist. `searched` is undefined when no trail was given.
 */
export const unknownVerdict = (
  id: string,
  missing: string | undefined,
  searched: Searched | undefined,
): string => {
  const start = missing
    ? `${id} is not known, and there is no ledger at ${missing}`
    : `${id} is not known to this ledger`;
  if (!searched) {
    return `${start}: search CloudTrail log files for it with --trail FILE, or name another ledger with --ledger`;
  }
  const [telling] = [...searched.findings].sort((a, b) => rankOf(a) - rankOf(b));
  if (telling) {
    return `${start}: ${telling.isCreation ? '' : 'no record of the trail shows its creation; '}${clauseOf(telling)}`;
  }
  return isInTrail(searched)
    ? `${start}, and the trail mentions it only in calls that do not create, tag or end it`
    : `${start}, nor does the trail mention it`;
};

/**
 * Missing records rank first. Among equals: the creation, then other records about it, then mere mentions.
 */
const rankOf = ({ is, isCreation, arn }: TrailFinding): number => {
  if (is === 'perhaps') return 9;
  return (is === 'missing' ? 0 : 4) + (isCreation ? 0 : 2) + (arn ? 0 : 1);
};

const clauseOf = ({ is, isCreation, eventName, eventTime, who, file, reason }: TrailFinding): string => {
  const call = `${eventName ?? 'a direct call'}${eventTime ? ` at ${eventTime}` : ''}`;
  const by = whoText(who);
  switch (is) {
    case 'missing':
      return `${isCreation ? `${by} created it with ${call}, which` : `${call} by ${by}`} was never ingested: type \`tagledger ingest ${file}\``;
    case 'perhaps':
      return `${call} by ${by} may have created it: ${reason}`;
    case 'recorded':
    case 'nothing-new':
      return `${call} by ${by} changed nothing that a ledger would record`;
    case 'skipped':
      return `${call} by ${by}, which mentions it, was skipped: ${reason}`;
  }
};

/** Possible reasons why the ledger has no creation of a resource of this type. */
export const hintsOf = (type: string | undefined): string[] => {
  if (!type)
    return ['its id has no prefix by which tagledger would know its type: check it, or give the ARN'];
  const gaps = UNCREATED.filter((gap) => gap.type === type);
  const unnamed = UNNAMED.filter(({ types }) => types.includes(type));
  return [
    ...gaps.map(({ reason }) => `no record shows how a resource of type ${type} is created: ${reason}`),
    ...unnamed.map(
      ({ operation, what }) =>
        `a resource of type ${type} may come from ${operation}, whose record does not name ${what}`,
    ),
  ];
};
