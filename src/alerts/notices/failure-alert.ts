import type { FailureClass } from '../../events/tag-event.ts';
import { groupBy } from '../../shared/collections.ts';
import type { FailureIncident, RecordedFailure } from '../incident.ts';
import { type Alert, counted, oneLine, SAMPLES, subjectOf } from './alert-text.ts';

/** How many error codes an alert lists. */
const CODES = 5;

/** How many characters of an error code are shown; EC2's own codes are shorter. */
const CODE_LENGTH = 100;

/** What a person can do about a failure of each class. */
export const ADVICE: Readonly<Record<FailureClass, string>> = {
  throttled:
    'The account makes more CreateTags calls than EC2 allows (100, then 10 a second). Look for another tagging tool in this Region, or ask AWS for a higher limit.',
  unavailable:
    'EC2 did not answer properly. Nothing to do unless it goes on: then look at the AWS Health dashboard.',
  'not-yet-visible': 'EC2 does not show the resource yet. Nothing to do unless it goes on.',
  'not-found':
    'EC2 does not know the resource: it was deleted before it could be tagged, or it never came to be.',
  denied:
    'The tagging role is not allowed to tag this resource. Look for a missing ec2:CreateTags, a service control policy, a tag policy, or a condition on tags in the role of tagledger.',
  invalid:
    'EC2 refuses these tags: too many on the resource, or a key or value that it does not take. Correct TAG_RULES, or remove tags from the resource.',
  unknown:
    'tagledger does not know this error. Look at the message, and at the history of one of the resources.',
};

/** The alert about failures: how many, why, what to do, and where to look further. */
export const failureAlert = (incident: FailureIncident): Alert => {
  const { class: failureClass, account, region, retryAt, events } = incident;
  const resources = [...new Set(events.map(({ stream }) => stream))];
  const many = counted(resources.length, 'resource');
  const samples = resources.slice(0, SAMPLES);
  const codes = [...groupBy(events, ({ event }) => event.code)].sort(([, a], [, b]) => b.length - a.length);
  const [[code] = ['']] = codes;
  const others = codes.length > 1 ? ` and ${codes.length - 1} more` : '';
  return {
    subject: subjectOf(`tagledger: ${many} not tagged: ${code}${others} in ${account} ${region}`),
    message: [
      `${many} in account ${account}, Region ${region}, could not be tagged.`,
      '',
      ...codes
        .slice(0, CODES)
        .flatMap(([code, group]) => errorLines(code, failureClass, group, events.length)),
      ...(codes.length > CODES ? [`            and ${counted(codes.length - CODES, 'other error')}`] : []),
      `What next:  ${nextText(retryAt)}`,
      `What to do: ${ADVICE[failureClass]}`,
      '',
      `Resources (${samples.length} of ${resources.length}):`,
      ...samples.map((arn) => `  ${arn}`),
      '',
      'Look further:',
      `  tagledger history ${samples[0]}`,
      `  tagledger list --status ${retryAt ? 'retrying' : 'failed'}`,
    ].join('\n'),
  };
};

/** Says whether there will be another attempt, and when. */
export const nextText = (retryAt: string | null | undefined): string =>
  retryAt ? `another attempt is due at ${retryAt}` : 'no further attempt will be made';

/**
 * The lines about one error code: the message of its first failure, and its count if there are other codes.
 */
const errorLines = (
  code: string,
  failureClass: FailureClass,
  group: readonly RecordedFailure[],
  all: number,
): string[] => {
  const often = group.length < all ? `, ${group.length} of ${all}` : '';
  return [
    `Error:      ${oneLine(code, CODE_LENGTH)} (${failureClass})${often}`,
    `EC2 says:   ${oneLine(group[0]?.event.message ?? '')}`,
  ];
};
