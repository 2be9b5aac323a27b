import type { ComplianceStatus } from '../policies/policy.ts';
import type { FindingView } from './finding-view.ts';

const WORDS: Readonly<Record<ComplianceStatus, string>> = {
  compliant: 'complies with',
  violating: 'violates',
  exempt: 'is exempt from',
  unknown: 'is not known to comply with',
};

/** A finding in one line: `instance i-0abc violates required/Owner`. */
export const titleOf = ({ status, type, resource, rule }: FindingView): string =>
  `${type} ${resource.slice(resource.indexOf('/') + 1)} ${WORDS[status]} ${rule}`;
